// Pictures of the log: one opens large inside the window, and one that was lost is asked for again. As `platform.js`, nothing in here
// rejects or throws.

/** Shows a picture large; arrows lead to the others that are loaded, Escape and the buttons back to where one was. */
const enlarge = (log, link, words) => {
  const chat = log.parentElement;
  const all = [...log.querySelectorAll(".pic a:not(.lost)")];
  const behind = [...chat.children];
  const viewer = document.createElement("div");
  const shown = new Image();
  viewer.className = "viewer";
  viewer.setAttribute("role", "dialog");
  viewer.setAttribute("aria-modal", "true");
  viewer.append(shown);
  const end = () => {
    viewer.remove();
    for (const part of behind) part.inert = false;
    // What was looked at last may have been cleared meanwhile.
    (link.isConnected ? link : log).focus();
  };
  const button = (name, label, sign, run) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = name;
    made.textContent = sign;
    made.setAttribute("aria-label", label);
    made.onclick = run;
    viewer.append(made);
    return made;
  };
  const turn = (by) => {
    link = all[all.indexOf(link) + by] ?? link;
    viewer.setAttribute("aria-label", (shown.alt = link.firstElementChild.alt));
    shown.src = link.href;
    back.disabled = !all[all.indexOf(link) - 1];
    on.disabled = !all[all.indexOf(link) + 1];
    // One that leads nowhere keeps no focus.
    if (back.disabled || on.disabled) shut.focus();
  };
  const back = button("back", words.back, "‹", () => turn(-1));
  const on = button("on", words.on, "›", () => turn(1));
  const shut = button("shut", words.shut, "×", end);
  viewer.onclick = ({ target }) => target === viewer && end();
  viewer.onkeydown = (event) => {
    const act = { Escape: end, ArrowLeft: () => turn(-1), ArrowRight: () => turn(1) }[event.key];
    if (!act) return;
    // Escape would close the chat as well.
    event.stopPropagation();
    event.preventDefault();
    act();
  };
  chat.append(viewer);
  for (const part of behind) part.inert = true;
  shut.focus();
  turn(0);
};

/** Follows the pictures of the panel's log; the buttons are called so. */
export const follow = ({ panel }, back, on, shut) => {
  const log = panel.querySelector(".log");
  for (const name of ["error", "load"])
    log.addEventListener(name, ({ target }) => target.closest(".pic a")?.classList.toggle("lost", name === "error"), true);
  log.addEventListener("click", (event) => {
    const { target } = event;
    const again = target.closest(".pic .again");
    if (again) {
      const [shown] = again.previousElementSibling.children;
      shown.src = shown.src;
    }
    const link = target.closest(".pic a");
    // With these keys the browser opens it in a tab of its own.
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!link.classList.contains("lost")) enlarge(log, link, { back, on, shut });
  });
};
