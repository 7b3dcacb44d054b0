// Files on their way: one after the other, each with a line above the text field. As `platform.js`, nothing in here rejects or throws.
//
// What is chosen while there is no line to the server waits for one, and what broke off is begun again when it is back, as messages are.
let page, tray, tell;
let most = 0;
let live = false;
let turn = Promise.resolve();
/** How many bytes a file may have, 0 while nobody knows; and whether there is a line to the server. */
export const allow = (bytes, up) => {
  most = bytes;
  const back = up && !live;
  live = up;
  if (back) for (const row of tray.children) row.begin?.();
};
/** Whoever leaves the page would lose what is not sent; what cannot be sent is lost already. */
const stay = (event) => tray.querySelector(".item:not(.last)") && event.preventDefault();
/** Makes an element. */
export const make = (parent, tag, name, words) => {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  parent.append(made);
  return made;
};
const happened = (target, name, ms) =>
  new Promise((done, fail) => {
    target.addEventListener(name, done, { once: true });
    target.addEventListener("error", fail, { once: true });
    setTimeout(fail, ms);
  });
/** A picture from near the beginning of a video; nothing for what this browser cannot play. */
const posterOf = async (file) => {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  video.src = URL.createObjectURL(file);
  try {
    await happened(video, "loadeddata", 8e3);
    const sought = happened(video, "seeked", 5e3);
    video.currentTime = Math.min(1, video.duration / 2) || 0;
    await sought;
    const { videoWidth: width, videoHeight: height } = video;
    const scale = Math.min(1, 640 / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = width * scale;
    canvas.height = height * scale;
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
  } catch {
  } finally {
    URL.revokeObjectURL(video.src);
  }
};
/** Sends a file. `fetch` could not tell how far it has come. Answers with the request, which is over. */
const send = (path, body, begun, moved) =>
  new Promise((done) => {
    const request = new XMLHttpRequest();
    let timer;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), 6e4);
    };
    request.open("POST", page.config.o + "/widget/v1/attachments" + path);
    request.setRequestHeader("authorization", "Bearer " + page.token());
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => {
      alive();
      moved(loaded / total);
    };
    request.onloadend = () => {
      clearTimeout(timer);
      done(request);
    };
    begun(request);
    alive();
    request.send(body);
  });
/** Sends files, or puts them aside until they can be sent. */
export const attach = (files) => {
  addEventListener("beforeunload", stay);
  for (const file of files) {
    const row = make(tray, "div", "item", "");
    make(row, "span", "", file.name);
    const share = make(row, "progress", "", "");
    share.setAttribute("aria-label", file.name);
    const why = make(row, "small", "", "");
    why.setAttribute("role", "status");
    let request;
    const begun = (begun) => (request = begun);
    const stand = (name, words, begin) => {
      row.className = "item" + name;
      why.textContent = words;
      row.begin = begin;
    };
    const { dataset: words } = tray;
    const run = async () => {
      if (!row.isConnected) return;
      stand("", "");
      share.value = 0;
      const { status, responseText } = await send("?name=" + encodeURIComponent(file.name), file, begun, (part) => (share.value = part));
      let said = status === 201 && JSON.parse(responseText);
      if (!row.isConnected) return;
      if (!said) {
        if (status === 413) stand(" bad last", words.large);
        else if (!status && !live) wait();
        else stand(" bad", status === 429 ? words.slow : status > 500 ? words.full : words.broken, status ? undefined : start);
        return;
      }
      const poster = said.type === "video" && (await posterOf(file));
      if (poster) {
        const answer = await send("/" + said.attachment.id + "/poster", poster, begun, () => {});
        // Without a poster it is a video all the same.
        if (answer.status === 201) said = JSON.parse(answer.responseText);
      }
      if (!row.isConnected) return;
      row.remove();
      tell(said);
    };
    const start = () => {
      row.begin = undefined;
      turn = turn.then(run).catch(() => stand(" bad", words.broken));
    };
    const begin = () => {
      if (!file.size) stand(" bad last", words.empty);
      else if (most && file.size > most) stand(" bad last", words.large);
      else if (live && most) start();
      else wait();
    };
    const wait = () => stand(" wait", words.waits, begin);
    make(row, "button", "again", words.retry).onclick = start;
    make(row, "button", "", words.cancel).onclick = () => {
      row.remove();
      request?.abort();
    };
    for (const button of row.querySelectorAll("button")) button.type = "button";
    begin();
  }
};

/** Listens to what chooses files in the panel, and to what brings them there. */
export const chooses = (bridge, on, told) => {
  const { panel } = bridge;
  page = bridge;
  tell = told;
  tray = panel.querySelector(".tray");
  const chooser = panel.querySelector("input");
  on(panel.querySelector(".clip"), "click", () => chooser.click());
  on(chooser, "change", () => {
    attach([...chooser.files]);
    chooser.value = "";
  });
  const chat = panel.querySelector(".chat");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"])
    on(chat, name, (event) => {
      const { dataTransfer: data, relatedTarget } = event;
      if (!data?.types.includes("Files")) return;
      // Said of every movement, or the browser would open the file in place of the page.
      event.preventDefault();
      chat.classList.toggle("drop", name === "dragleave" ? chat.contains(relatedTarget) : name !== "drop");
      // Where a form stands nobody would see what became of them.
      if (name === "drop" && !chat.matches(".asks")) attach([...data.files]);
    });
};
