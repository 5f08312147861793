// The web chat works without this file. With it, messages are sent without loading the page anew and replies arrive live.
"use strict";

const list = document.getElementById("messages");
const pending = document.getElementById("pending");
const state = document.getElementById("state");
const ask = document.getElementById("ask");
const text = document.getElementById("text");
const askError = document.getElementById("ask-error");
const replying = state.textContent;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

let lastSeq = Number(list.dataset.last);
let sending = false;
// Kept after a failed attempt: sending the same words again is then the same message, not a second one.
let attempt = { body: "", id: "" };

// What is shown

function showState(words) {
  state.textContent = words;
  pending.hidden = false;
}

function showError(words) {
  askError.textContent = words;
  askError.hidden = !words;
  if (words) text.setAttribute("aria-invalid", "true");
  else text.removeAttribute("aria-invalid");
}

function scrollTo(element) {
  element.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function addMessage(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const message = holder.content.querySelector(".message");
  const seq = Number(message.dataset.seq);
  const known = document.getElementById(message.id);
  lastSeq = Math.max(lastSeq, seq);
  if (known) return;
  const next = Array.from(list.children).find((item) => Number(item.dataset.seq) > seq);
  list.insertBefore(message, next ?? null);
  scrollTo(message);
  if (!message.classList.contains("citizen")) pending.hidden = true;
}

// Sending

function freshId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fields(form, submitter) {
  const data = new URLSearchParams(new FormData(form));
  if (submitter?.name) data.set(submitter.name, submitter.value);
  data.delete("message_id");
  const body = data.toString();
  if (attempt.body !== body) attempt = { body, id: freshId() };
  data.set("message_id", attempt.id);
  return data;
}

async function post(address, data) {
  const reply = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const answer = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(answer.error ?? askError.dataset.failed);
  return answer;
}

async function send(form, submitter) {
  if (sending) return;
  sending = true;
  showError("");
  try {
    const answer = await post("/chat/messages", fields(form, submitter));
    attempt = { body: "", id: "" };
    if (form === ask) text.value = "";
    addMessage(answer.html);
    if (answer.waiting && lastSeq === answer.seq) showState(replying);
    listen();
  } catch (error) {
    showError(error instanceof TypeError ? askError.dataset.offline : error.message);
  } finally {
    sending = false;
  }
}

// A position only when it is asked for; the server keeps it to about a hundred metres.
async function share({ coords }) {
  try {
    const data = new URLSearchParams({ lat: coords.latitude, lon: coords.longitude, message_id: freshId() });
    const answer = await post("/chat/messages", data);
    addMessage(answer.html);
    if (answer.waiting && lastSeq === answer.seq) showState(replying);
    listen();
  } catch (error) {
    showError(error instanceof TypeError ? askError.dataset.offline : error.message);
  }
}

async function vote(form, submitter) {
  const data = new URLSearchParams(new FormData(form));
  data.set("vote", submitter.value);
  try {
    await post("/chat/votes", data);
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === submitter));
  } catch {
    form.submit();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches(".send")) {
    // Left to the browser: the page that comes back no longer shows what was erased.
    if (event.submitter?.value === "erase-yes") return;
    event.preventDefault();
    send(form, event.submitter);
    // Not after a quick reply: on a phone the keyboard would cover the answer.
    if (form === ask) text.focus({ preventScroll: true });
  } else if (form.matches(".vote") && event.submitter) {
    event.preventDefault();
    vote(form, event.submitter);
  }
});

text.addEventListener("keydown", (event) => {
  // While a Vietnamese input method composes a syllable, Enter belongs to it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  ask.requestSubmit();
});
text.addEventListener("input", () => showError(""));

// Listening: of a browser's tabs, one that is visible holds the connection and tells the others.

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("sen-events") : null;
let stop = null;

function receive({ kind, data }) {
  if (kind === "message") addMessage(data);
  else showState(data);
}

function connect() {
  const events = new EventSource(`/chat/events?after=${lastSeq}`);
  for (const kind of ["message", "state"]) {
    events.addEventListener(kind, ({ data }) => {
      receive({ kind, data });
      tabs?.postMessage({ kind, data });
    });
  }
  return events;
}

function listen() {
  if (stop || document.hidden) return;
  const abort = new AbortController();
  stop = abort;
  const hold = () => new Promise((done) => {
    const events = connect();
    abort.signal.addEventListener("abort", () => { events.close(); done(); });
    // A browser reconnects by itself after a lost connection, but not after an error page of a proxy.
    events.onerror = () => {
      if (events.readyState !== EventSource.CLOSED || abort.signal.aborted) return;
      setTimeout(() => { done(); if (stop === abort) { stop = null; listen(); } }, 5000);
    };
  });
  // Without a secure connection a browser has no locks: then every visible tab listens for itself.
  if (navigator.locks) navigator.locks.request("sen-events", { signal: abort.signal }, hold).catch(() => {});
  else hold();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stop?.abort();
    stop = null;
  } else if (lastSeq > 0) {
    listen();
  }
});
if (tabs) tabs.onmessage = ({ data }) => receive(data);

const here = document.getElementById("here");
here.hidden = !navigator.geolocation;
here.addEventListener("click", () => {
  showError("");
  navigator.geolocation.getCurrentPosition(share, () => showError(here.dataset.denied), { timeout: 20000, maximumAge: 60000 });
});

document.getElementById("reload").hidden = true;
if (lastSeq > 0) listen();
