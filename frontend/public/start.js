// Watches the application come, and says so when it does not: without this the page would wait for ever. The splash stands in
// the page itself; the application takes it away.
(function () {
  var english = !/^zh/i.test(navigator.language);
  try {
    var chosen = localStorage.getItem("parlor.language");
    if (chosen) english = chosen === "en";
  } catch (error) {
    // Storage is switched off: the browser's language it is.
  }
  function fail() {
    var splash = document.getElementById("start");
    if (!splash || splash.querySelector("[role=alert]")) return;
    var notice = document.createElement("div");
    notice.className = "splash__failure";
    notice.setAttribute("role", "alert");
    notice.lang = english ? "en" : "zh-CN";
    var words = document.createElement("p");
    words.textContent = english ? "The page could not be loaded. Please check your connection and try again." : "页面未能加载，请检查网络后重试。";
    var again = document.createElement("button");
    again.type = "button";
    again.className = "button button--primary";
    again.textContent = english ? "Reload" : "重新加载";
    again.addEventListener("click", function () {
      location.reload();
    });
    notice.append(words, again);
    splash.removeAttribute("aria-busy");
    splash.replaceChildren(notice);
  }
  // A script that does not come is reported where it stands, and that does not bubble; a module that is refused or breaks as
  // it starts, by a promise. A style sheet or a picture that does not come is no reason to give up.
  addEventListener(
    "error",
    function (event) {
      if (!(event.target instanceof Element) || event.target.localName === "script") fail();
    },
    true,
  );
  addEventListener("unhandledrejection", fail);
})();
