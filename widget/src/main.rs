//! The widget's module. It does nothing by itself: the loader calls the exported `mount`.

// Without a mention the linker would leave the library and its export out.
use widget as _;

fn main() {}
