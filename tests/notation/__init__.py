"""Names, cells and equations of matrices."""
