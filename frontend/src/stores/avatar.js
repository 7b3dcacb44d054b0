// One's own picture on its way from a file: a square is cut out of it here, in the browser.

/** The side of what is sent, in pixels; the canvas has it too. */
const SIDE = 512;
/** Larger files and pictures are refused before they fill the memory. */
const MOST_BYTES = 20 << 20;
const MOST_PIXELS = 60e6;
/** How far a small step goes, of the side, and how much it enlarges. */
const STEP = SIDE / 32;
const ZOOM = 1.1;

const cuts = new WeakMap();

/** Keeps the square covered by the picture, and draws it. */
function draw(canvas) {
  const cut = cuts.get(canvas);
  const { picture, least } = cut;
  cut.scale = Math.min(Math.max(cut.scale, least), cut.most);
  const [width, height] = [picture.width * cut.scale, picture.height * cut.scale];
  cut.x = Math.min(0, Math.max(SIDE - width, cut.x));
  cut.y = Math.min(0, Math.max(SIDE - height, cut.y));
  const context = canvas.getContext("2d");
  // What is sent knows no transparency.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, cut.x, cut.y, width, height);
  cut.slider.value = (100 * Math.log(cut.scale / least)) / Math.log(cut.most / least);
}

function move(canvas, x, y) {
  const cut = cuts.get(canvas);
  cut.x += x;
  cut.y += y;
  draw(canvas);
}

/** Enlarges about a point, which stays where it is. */
function zoom(canvas, scale, x = SIDE / 2, y = SIDE / 2) {
  const cut = cuts.get(canvas);
  const to = Math.min(Math.max(scale, cut.least), cut.most);
  cut.x = x - ((x - cut.x) * to) / cut.scale;
  cut.y = y - ((y - cut.y) * to) / cut.scale;
  cut.scale = to;
  draw(canvas);
}

const KEYS = {
  ArrowLeft: (canvas) => move(canvas, -STEP, 0),
  ArrowRight: (canvas) => move(canvas, STEP, 0),
  ArrowUp: (canvas) => move(canvas, 0, -STEP),
  ArrowDown: (canvas) => move(canvas, 0, STEP),
  "+": (canvas) => zoom(canvas, cuts.get(canvas).scale * ZOOM),
  "-": (canvas) => zoom(canvas, cuts.get(canvas).scale / ZOOM),
};
KEYS["="] = KEYS["+"];

/** Fingers or a mouse: one moves the picture, two enlarge it. */
function watch(canvas, slider) {
  const fingers = new Map();
  const place = ({ clientX, clientY }) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    return [((clientX - left) * SIDE) / width, ((clientY - top) * SIDE) / width];
  };
  const middle = () => {
    const all = [...fingers.values()];
    const [x, y] = [0, 1].map((axis) => all.reduce((sum, at) => sum + at[axis], 0) / all.length);
    return [x, y, all.length > 1 ? Math.hypot(all[0][0] - all[1][0], all[0][1] - all[1][1]) : 0];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
  };
  canvas.onpointermove = (event) => {
    if (!fingers.has(event.pointerId) || !cuts.has(canvas)) return;
    const before = middle();
    fingers.set(event.pointerId, place(event));
    const now = middle();
    if (before[2] > 0) zoom(canvas, (cuts.get(canvas).scale * now[2]) / before[2], now[0], now[1]);
    move(canvas, now[0] - before[0], now[1] - before[1]);
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => fingers.delete(event.pointerId);
  canvas.onwheel = (event) => {
    event.preventDefault();
    if (cuts.has(canvas)) zoom(canvas, cuts.get(canvas).scale * Math.exp(-event.deltaY / 400), ...place(event));
  };
  canvas.onkeydown = (event) => {
    const act = KEYS[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey || !cuts.has(canvas)) return;
    event.preventDefault();
    act(canvas);
  };
  slider.oninput = () => {
    const { least, most } = cuts.get(canvas);
    zoom(canvas, least * (most / least) ** (slider.value / 100));
  };
}

/** How many pixels a picture has, as its head says: a small file can claim more than there is memory for. */
async function pixelsOf(file) {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await new Promise((done, fail) => {
      image.onload = done;
      image.onerror = fail;
    });
    return image.naturalWidth * image.naturalHeight;
  } finally {
    URL.revokeObjectURL(image.src);
  }
}

/** Shows a file's picture on the canvas. Says what is wrong with it: `large`, `other`; nothing where it is shown. */
export async function open(canvas, slider, file) {
  if (file.size > MOST_BYTES) return "large";
  let picture;
  try {
    if ((await pixelsOf(file)) > MOST_PIXELS) return "large";
    picture = await createImageBitmap(file);
  } catch {
    return "other";
  }
  const least = SIDE / Math.min(picture.width, picture.height);
  const [x, y] = [(SIDE - picture.width * least) / 2, (SIDE - picture.height * least) / 2];
  cuts.get(canvas)?.picture.close();
  cuts.set(canvas, { picture, slider, least, most: least * 6, scale: least, x, y });
  watch(canvas, slider);
  draw(canvas);
  return "";
}

/** What the square shows, as a file. */
export function cut(canvas) {
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
}
