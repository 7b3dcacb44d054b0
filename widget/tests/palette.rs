//! The loader's colours in JavaScript and the console's in Rust are the same.

use client::contrast::palette;
use std::process::Command;

#[test]
fn the_loader_and_the_console_agree_on_every_colour() {
    let mut colors = Vec::new();
    for red in (0..=255_u8).step_by(51) {
        for green in (0..=255_u8).step_by(51) {
            for blue in (0..=255_u8).step_by(51) {
                colors.push(format!("#{red:02x}{green:02x}{blue:02x}"));
            }
        }
    }
    colors.extend(["#2f6bff", "#ff7a00", "#22c55e", "#e53935", "#1d6fe0"].map(ToOwned::to_owned));

    let module = concat!(env!("CARGO_MANIFEST_DIR"), "/loader/color.js");
    let script = format!(
        "import {{ palette }} from {module:?}; console.log({colors:?}.map((color) => palette(color).join(' ')).join('\\n'));"
    );
    let output = Command::new("node").args(["--input-type=module", "--eval", &script]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).unwrap();
    let ours: Vec<String> = colors
        .iter()
        .map(|color| {
            let palette = palette(color);
            format!("{} {}", palette.fill, palette.ink)
        })
        .collect();
    assert_eq!(theirs.lines().collect::<Vec<_>>(), ours);
}
