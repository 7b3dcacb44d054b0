// A brand colour is any colour; text on it must still be readable. `crates/client/src/contrast.rs` says the same in Rust, and
// `widget/tests/palette.rs` holds the two together. Plain JavaScript, so that node runs it as it is.

/** @param {number[]} rgb */
const luminance = (rgb) =>
  rgb.reduce((sum, value, index) => {
    const part = value / 255;
    return sum + /** @type {number} */ ([0.2126, 0.7152, 0.0722][index]) * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  }, 0);

/**
 * The colour to fill with and the colour of text upon it, at least 4.5 : 1. Light colours get dark text; the others get
 * white text and are darkened as far as that needs.
 * @param {string} hex
 * @returns {[fill: string, ink: string]}
 */
export const palette = (hex) => {
  let rgb = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) || 0);
  if (luminance(rgb) > 0.36) return [hex, "#10131a"];
  while (luminance(rgb) > 0.18) rgb = rgb.map((value) => value * 0.98);
  return [`rgb(${rgb.map(Math.round)})`, "#fff"];
};
