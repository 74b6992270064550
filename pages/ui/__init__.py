"""What the pages share: state, editing, showing, the frame around them."""
