// A picture grows from the size that fits its frame to its own, and back: by a click, the wheel, and keys that are told from outside. One that fits is swiped away,
// to the one before or after it.

const LARGE = "lightbox__picture--large";
const STEP = 1.25;
/** How far a finger goes sideways at the least for a swipe, in CSS pixels. */
const SWIPE = 48;

/** Scales the frame's picture by steps; the point that is looked at stays where it is. */
export function zoom(frame, steps, at) {
  const picture = frame.querySelector("img");
  if (!picture?.naturalWidth) return;
  const before = picture.getBoundingClientRect();
  const box = frame.getBoundingClientRect();
  const [x, y] = at ?? [box.left + box.width / 2, box.top + box.height / 2];
  const fits = fitting(frame, picture);
  const width = Math.min(before.width * STEP ** steps, picture.naturalWidth);
  const large = width > fits;
  picture.classList.toggle(LARGE, large);
  picture.style.width = large ? `${width}px` : "";
  const after = picture.getBoundingClientRect();
  frame.scrollLeft += after.left + ((x - before.left) / before.width) * after.width - x;
  frame.scrollTop += after.top + ((y - before.top) / before.height) * after.height - y;
}

/** How wide the picture is when all of it is to be seen. */
function fitting(frame, picture) {
  const { naturalWidth: width, naturalHeight: height } = picture;
  return Math.min(width, frame.clientWidth, (width * frame.clientHeight) / height);
}

/** Clicks, the wheel and drags in this frame are the picture's; `swiped` is told whether the next picture is asked for, or the one before. */
export function zoomable(frame, swiped) {
  let dragged = 0;
  let begun = null;
  const on = (kind, act) => frame.addEventListener(kind, act, { capture: true, passive: false });
  on("load", ({ target }) => {
    // Another picture stands in the same place: it begins at its own size.
    target.classList.remove(LARGE);
    target.style.width = "";
    target.classList.toggle("lightbox__picture--zooms", target.naturalWidth > fitting(frame, target));
  });
  on("wheel", (event) => {
    event.preventDefault();
    zoom(frame, -Math.sign(event.deltaY), [event.clientX, event.clientY]);
  });
  on("pointerdown", ({ pointerType, isPrimary, clientX, clientY }) => {
    dragged = 0;
    // A second finger pinches the page, and one on a picture that is larger than its frame scrolls it.
    const fits = !frame.querySelector(`.${LARGE}`);
    begun = pointerType === "touch" && isPrimary && fits ? [clientX, clientY] : null;
  });
  on("pointercancel", () => (begun = null));
  on("pointerup", ({ clientX, clientY }) => {
    if (!begun) return;
    const [x, y] = [clientX - begun[0], clientY - begun[1]];
    begun = null;
    if (Math.abs(x) < SWIPE || Math.abs(x) < 2 * Math.abs(y)) return;
    // What follows is no press.
    dragged = SWIPE;
    swiped(x < 0);
  });
  on("pointermove", ({ buttons, pointerType, movementX, movementY }) => {
    // A finger scrolls by itself.
    if (buttons !== 1 || pointerType !== "mouse") return;
    dragged += Math.abs(movementX) + Math.abs(movementY);
    frame.scrollBy(-movementX, -movementY);
  });
  on("click", (event) => {
    const { target, clientX, clientY } = event;
    // The end of a drag is no press, be it beside the picture.
    if (dragged > 4) event.stopPropagation();
    else if (target.tagName === "IMG") zoom(frame, target.classList.contains(LARGE) ? -99 : 99, [clientX, clientY]);
  });
}
