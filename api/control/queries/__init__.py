"""What those who control may see."""
