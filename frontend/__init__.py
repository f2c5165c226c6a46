"""What people use: pages and the command line."""
