// The console works without this file. With it, the list and the conversation refresh themselves.
"use strict";

function replace(current, fresh) {
  if (current.innerHTML === fresh.innerHTML) return;
  const focused = current.contains(document.activeElement) ? document.activeElement.id : "";
  current.innerHTML = fresh.innerHTML;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

function append(current, fresh) {
  for (const item of fresh.children) {
    if (!document.getElementById(item.id)) current.append(document.importNode(item, true));
  }
}

// The page may stand under the address of a form that was refused; this is where it is read.
const address = document.querySelector("[data-address]").dataset.address;

async function refresh() {
  if (document.hidden) return;
  const reply = await fetch(address, { headers: { Accept: "text/html" } });
  // The session has ended: the sign-in page says so better than a list that stands still.
  if (reply.redirected) return location.reload();
  if (!reply.ok) return;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  document.title = page.title;
  for (const current of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(current.id);
    if (fresh) (current.dataset.live === "append" ? append : replace)(current, fresh);
  }
}

document.getElementById("reply")?.addEventListener("submit", (event) => {
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
// Back from another page, the form is as good as new.
addEventListener("pageshow", () => delete document.getElementById("reply")?.dataset.sent);

// A visible page listens; it also looks every twenty seconds, since waiting times grow by themselves.

let events = null;

function look() {
  // What fails (no network) is tried again with the next look.
  refresh().catch(() => {});
}

function listen() {
  events?.close();
  events = null;
  if (document.hidden) return;
  events = new EventSource("/staff/events");
  events.onmessage = look;
  look();
}

document.addEventListener("visibilitychange", listen);
setInterval(look, 20000);
listen();
