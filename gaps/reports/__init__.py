"""Results out as files: comma-separated text and workbooks. Each module loads what it needs when it is asked for, not before."""
