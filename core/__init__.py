"""The business. Knows no door, no theme, no job. Packages are entered by their front."""
