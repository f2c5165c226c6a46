"""What `shibaiqian doctor` looks at. Each check gives one finding and changes nothing."""
