// The notice that the console has broken, drawn without the console: a bar with a button that reloads.
export function show(text, reload) {
  if (document.querySelector(".crash")) {
    return;
  }
  const bar = document.createElement("div");
  bar.className = "crash";
  bar.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = text;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = reload;
  button.addEventListener("click", () => location.reload());
  bar.append(words, button);
  document.body.append(bar);
}
