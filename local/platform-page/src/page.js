// A page that is not answered any more keeps what it showed, and looks like it.
setInterval(async () => {
  try {
    const answer = await fetch(location);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.body.className = "";
  } catch {
    document.body.className = "stale";
  }
}, 5000);
