// The list of invocations, the newest first, and its filter.

import { byId, clock, el, ms, name, perMillion, statusClass, statusText } from "./dom.js";

const records = new Map();
let openNumber = null;
// Where keys act and move from: the row that was last in focus, or the invocation that was opened after it.
let cursor = null;
let onOpen = () => {};

export function watchList(open) {
  onOpen = open;
  byId("filter").addEventListener("input", filterAll);
  byId("list").addEventListener("focusin", (event) => {
    cursor = Number(event.target.closest("li").dataset.number);
  });
}

export const numbers = () => [...records.keys()];

// Rows that are there stay as they are, so that the focus does not move; of those that were there `before`, the ones
// that the server has forgotten go.
export function setAll(summaries, before) {
  const present = new Set(summaries.map((each) => each.number));
  for (const number of before) if (!present.has(number)) drop(number);
  for (const each of summaries) add(each);
  tellCount();
}

export function addNew(summary) {
  add(summary);
  tellCount();
  byId("news").textContent = `${name(summary)}: ${statusText(summary)}, ${ms(summary.duration_ms)}`;
}

export function clearAll() {
  cursor = null;
  for (const number of numbers()) drop(number);
  tellCount();
}

function add(summary) {
  if (records.has(summary.number)) return;
  const item = rowOf(summary);
  records.set(summary.number, { summary, item, words: wordsOf(summary) });
  // Invocations that run side by side may end in another order than they began.
  const list = byId("list");
  const next = [...list.children].find((each) => Number(each.dataset.number) < summary.number);
  list.insertBefore(item, next ?? null);
  item.hidden = !isWanted(records.get(summary.number).words);
  markRow(item, summary.number);
}

function drop(number) {
  records.get(number).item.remove();
  records.delete(number);
}

function rowOf(summary) {
  const facts = [clock(summary.at), summary.gateway, `billed ${summary.billed_ms} ms`, perMillion(summary.usd)];
  if (summary.memory_mb !== null) facts.push(`${Math.round(summary.memory_mb)} MB`);
  const tags = [
    summary.cold ? el("span", { className: "tag cold" }, "cold") : null,
    summary.streamed ? el("span", { className: "tag" }, "stream") : null,
    summary.origin === "request" ? null : el("span", { className: "tag" }, summary.origin),
  ];
  const button = el(
    "button",
    { type: "button" },
    el("span", { className: statusClass(summary) }, statusText(summary)),
    el("span", { className: "path", title: name(summary) }, name(summary)),
    el("span", { className: "tags" }, ...tags),
    el("span", {}, ms(summary.duration_ms)),
    el("span", { className: "facts" }, facts.filter(Boolean).join(" · ")),
  );
  button.addEventListener("click", () => onOpen(summary.number));
  const item = el("li", {}, button);
  item.dataset.number = summary.number;
  return item;
}

function wordsOf(summary) {
  const status = summary.status === null ? "" : `${summary.status} ${Math.floor(summary.status / 100)}xx`;
  const kinds = [summary.cold ? "cold" : "warm", summary.streamed ? "stream" : "", summary.failed ? "raised" : ""];
  return [name(summary), status, summary.gateway ?? "", summary.origin, ...kinds].join(" ").toLowerCase();
}

function isWanted(words) {
  const asked = byId("filter").value.toLowerCase().split(/\s+/).filter((word) => word && word !== "-");
  return asked.every((word) => (word.startsWith("-") ? !words.includes(word.slice(1)) : words.includes(word)));
}

function filterAll() {
  for (const { item, words } of records.values()) item.hidden = !isWanted(words);
  tellCount();
}

function tellCount() {
  const shown = [...records.values()].filter(({ item }) => !item.hidden).length;
  const all = `${records.size} invocation${records.size === 1 ? "" : "s"}`;
  byId("count").textContent = shown === records.size ? all : `${shown} of ${all}`;
}

export function markOpen(number) {
  openNumber = number;
  if (number !== null) cursor = number;
  for (const { item, summary } of records.values()) markRow(item, summary.number);
}

function markRow(item, number) {
  item.firstChild.setAttribute("aria-current", String(number === openNumber));
}

export const currentNumber = () => cursor;

export function move(step) {
  const rows = [...byId("list").children].filter((row) => !row.hidden);
  const at = rows.indexOf(records.get(cursor)?.item);
  const next = at < 0 ? rows[step > 0 ? 0 : rows.length - 1] : rows[at + step];
  next?.firstChild.focus();
}

export function focusCursor() {
  records.get(cursor)?.item.firstChild.focus();
}
