// Puts the parts together: the live news, the buttons and the keys.

import * as detail from "./detail.js";
import * as list from "./list.js";
import { ask, byId, post } from "./dom.js";

const ACTIONS = [
  ["Back", "Esc", closeOpen, "back"],
  ["Replay", "r", replay],
  ["Edit", "e", edit],
  ["Compare", "c", compare],
  ["Save test", "s", () => save("test.py")],
  ["Save case", "S", () => save("case.json")],
];

const KEYS = {
  j: () => list.move(1),
  k: () => list.move(-1),
  "/": () => byId("filter").focus(),
  "?": () => byId("help").showModal(),
  r: () => withCurrent(replay),
  e: () => withCurrent(edit),
  c: () => withCurrent(compare),
  s: () => withCurrent(() => save("test.py")),
  S: () => withCurrent(() => save("case.json")),
  Escape: escape,
};

// Opened in this order; an answer that comes late must not replace a later one.
let wanted = null;

async function open(number) {
  wanted = number;
  const record = await ask(`records/${number}`);
  if (wanted !== number) return;
  detail.show(record, ACTIONS);
  document.body.dataset.open = number;
  list.markOpen(number);
  if (getComputedStyle(byId("list-side")).display === "none") byId("detail").focus();
}

function closeOpen() {
  delete document.body.dataset.open;
  list.focusCursor();
  list.markOpen(null);
  detail.close();
}

// The row that keys are at is opened first, so that they do what the eye is on.
async function withCurrent(act) {
  const number = list.currentNumber();
  if (number === null) return;
  if (detail.openRecord()?.number !== number) await open(number);
  await act();
}

const openNumber = () => detail.openRecord().number;

async function replay() {
  const { number } = await post(`records/${openNumber()}/replay`);
  await open(number);
}

function edit() {
  return detail.showEditor(guarded(sendEdited));
}

async function sendEdited(source, text) {
  JSON.parse(text); // says where the mistake is, without a way to the server
  const { number } = await post(`records/${source}/edit`, text);
  await open(number);
}

async function compare() {
  detail.showComparison(await post(`records/${openNumber()}/compare`), guarded(open));
}

// Asked first, since what cannot be saved is told in words, not in a file.
async function save(name) {
  const path = `records/${openNumber()}/${name}`;
  const response = await fetch(path);
  if (!response.ok) throw new Error(await response.text());
  const link = document.createElement("a");
  link.href = path;
  link.download = "";
  link.click();
}

function escape() {
  if (document.activeElement === byId("filter")) byId("filter").blur();
  else if (!detail.closeEditor()) closeOpen();
}

function guarded(act) {
  return async (...given) => {
    try {
      await act(...given);
    } catch (error) {
      detail.showProblem(error);
    }
  };
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
  const isTyping = event.target.matches("input, textarea");
  if (isTyping && event.key !== "Escape") return;
  // Arrows scroll what is open; in the list they move.
  const inList = event.target === document.body || event.target.closest("#list");
  const key = inList ? { ArrowDown: "j", ArrowUp: "k" }[event.key] ?? event.key : event.key;
  if (!Object.hasOwn(KEYS, key)) return;
  event.preventDefault();
  guarded(KEYS[key])();
}

function listen() {
  const news = new EventSource("live");
  const tell = (state, text) => {
    byId("connection").dataset.state = state;
    byId("connection").textContent = text;
  };
  news.onopen = async () => {
    tell("live", "live");
    // What arrives while this is asked for is newer than the answer.
    const before = list.numbers();
    list.setAll(await ask("records"), before);
  };
  news.onmessage = (message) => list.addNew(JSON.parse(message.data));
  news.addEventListener("cleared", list.clearAll);
  news.onerror = () => tell("waiting", "waiting for the server");
}

for (const action of ACTIONS) action[2] = guarded(action[2]);
list.watchList(guarded(open));
byId("clear").addEventListener("click", guarded(() => post("clear")));
byId("keys").addEventListener("click", KEYS["?"]);
document.addEventListener("keydown", onKey);
await detail.loadSubject();
listen();
