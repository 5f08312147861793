// The editor works without this file. With it, a draft is saved while one types, and rows come and go without loading the
// page anew.
"use strict";

const editor = document.getElementById("editor");
const saved = document.getElementById("saved");
const errors = document.getElementById("errors");
const PAUSE = 900;

let timer = 0;
// One request at a time: each save builds on the version of the one before.
let turn = Promise.resolve();
let stopped = false;
let leaving = false;

function body(button) {
  const data = new URLSearchParams(new FormData(editor));
  data.set("do", button);
  return data;
}

async function send(button) {
  const reply = await fetch(editor.action, { method: "POST", headers: { Accept: "application/json" }, body: body(button) });
  // The session has ended: the words stay in the form until one has signed in elsewhere.
  if (reply.redirected) throw new Error(editor.dataset.signedOut);
  const told = await reply.json();
  if (!reply.ok) {
    stopped = reply.status === 409;
    throw new Error(told.error);
  }
  standAt(told.version, told.base);
  return told;
}

// The version that the next save builds on

function standAt(version, base) {
  for (const field of document.querySelectorAll('input[name="version"]')) field.value = version;
  editor.elements.base.value = base;
  document.getElementById("discard").hidden = Number(version) === 0;
}

// What the checker says, at the fields

function show(told) {
  saved.textContent = told.saved;
  errors.textContent = told.errors > 0 ? editor.dataset.errors.replace("{count}", told.errors) : "";
  for (const place of editor.querySelectorAll(".findings")) {
    const here = told.findings.filter((finding) => `e-${finding.at}` === place.id);
    const words = here.map((finding) => finding.words).join("\n");
    if (place.dataset.words === words) continue;
    place.dataset.words = words;
    place.replaceChildren(...here.map(paragraph));
    const control = document.getElementById(place.id.slice(2));
    if (here.some((finding) => finding.is_error)) control?.setAttribute("aria-invalid", "true");
    else control?.removeAttribute("aria-invalid");
  }
}

function paragraph(finding) {
  const element = document.createElement("p");
  element.className = finding.is_error ? "field-error" : "field-warning";
  element.lang = "vi";
  element.textContent = finding.words;
  return element;
}

// Saving while one types

function save() {
  clearTimeout(timer);
  turn = turn.then(async () => {
    if (stopped) return;
    saved.textContent = editor.dataset.saving;
    try {
      show(await send("save"));
    } catch (error) {
      saved.textContent = error.message.startsWith("Failed") ? editor.dataset.offline : error.message;
      if (!stopped) timer = setTimeout(save, 5000);
    }
  });
}

editor.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
});

// Buttons at rows

async function change(button) {
  const told = await send(button);
  const page = await fetch(editor.action, { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await page.text(), "text/html").getElementById("editor");
  document.getElementById("fields").replaceChildren(...fresh.querySelector("#fields").children);
  standAt(fresh.elements.version.value, fresh.elements.base.value);
  show(told);
  document.getElementById(told.at)?.focus();
}

editor.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (stopped || leaving) return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.value.includes(":")) {
    turn = turn.then(() => change(button.value)).catch((error) => (saved.textContent = error.message));
    return;
  }
  // A save that is under way has to end first: this one builds on its version. A form can't be sent again while its listeners
  // still hear of it, hence the timer.
  turn.then(() => setTimeout(leave, 0, button));
});

function leave(button) {
  leaving = true;
  editor.requestSubmit(button);
}

// Back from another page, the draft is newer than what stood here.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
