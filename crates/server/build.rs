//! Makes sure that the folder of built assets exists: `rust-embed` refuses to compile without it, and whoever works on the
//! server alone need not build the console first.

fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/web");
    std::fs::create_dir_all(root)
}
