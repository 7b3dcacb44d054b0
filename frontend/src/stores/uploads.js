// Files on their way to the server. `fetch` cannot tell how far a body has come, so this is the older way.

/** After so many milliseconds without any progress a connection counts as dead. The server may take its time at the end. */
const PATIENCE = 60_000;

/**
 * Sends a file. `tell(share, status, text)`: how much of it has gone (0 to 1) while `status` is negative; then the answer's
 * status, 0 when there was none, with its text.
 */
export function upload(url, token, file, tell) {
  const request = new XMLHttpRequest();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => request.abort(), PATIENCE);
  };
  request.open("POST", url);
  request.setRequestHeader("authorization", `Bearer ${token}`);
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.onprogress = ({ loaded, total }) => {
    alive();
    tell(total ? loaded / total : 0, -1, "");
  };
  request.onloadend = () => {
    clearTimeout(timer);
    tell(1, request.status, request.responseText);
  };
  alive();
  request.send(file);
  return request;
}

/** Gives a file up; nothing more is told of it. */
export function cancel(request) {
  request.upload.onprogress = null;
  request.onloadend = null;
  request.abort();
}

/** An address under which this page can show a file that it has, until `forget`. */
export const show = (file) => URL.createObjectURL(file);
export const forget = (address) => URL.revokeObjectURL(address);

const happened = (target, name, milliseconds) =>
  new Promise((done, fail) => {
    target.addEventListener(name, done, { once: true });
    target.addEventListener("error", fail, { once: true });
    setTimeout(fail, milliseconds);
  });

/** A picture from near the beginning of a video; nothing for what this browser cannot play. */
export async function posterOf(file) {
  const address = show(file);
  try {
    const video = document.createElement("video");
    video.muted = true;
    video.preload = "auto";
    video.src = address;
    await happened(video, "loadeddata", 8_000);
    const sought = happened(video, "seeked", 5_000);
    video.currentTime = Number.isFinite(video.duration) ? Math.min(1, video.duration / 2) : 0;
    await sought;
    const scale = Math.min(1, 640 / Math.max(video.videoWidth, video.videoHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8))) ?? undefined;
  } catch {
    return undefined;
  } finally {
    forget(address);
  }
}
