// The invocation that is open: its numbers and everything in it, and the table of a comparison.

import { ask, byId, bytes, clock, el, ms, name, perMillion, statusClass, statusText } from "./dom.js";

const ORIGINS = { replay: "replay of", edit: "edit of", compare: "comparison of" };

let subject = null;
let current = null;

export async function loadSubject() {
  subject = await ask("subject");
  const { target, gateway, memory_mb, architecture } = subject;
  byId("subject").textContent = `${target} behind ${gateway} · ${memory_mb} MB · ${architecture}`;
}

export const openRecord = () => current;

// `actions` are pairs of a button's text with its key, and what it does.
export function show(record, actions) {
  current = record;
  fill(headingOf(record), toolbar(actions), numbersOf(record), ...sectionsOf(record));
  byId("detail").scrollTop = 0;
}

export function close() {
  current = null;
  fill(el("p", { className: "empty" }, "Choose an invocation in the list."));
}

function fill(...children) {
  byId("detail").replaceChildren(...children.filter(Boolean));
}

export function showProblem(error) {
  byId("detail").querySelector(".problem")?.remove();
  byId("detail").prepend(el("p", { className: "problem", role: "alert" }, error.message));
}

function headingOf(record) {
  const status = el("span", { className: statusClass(record) }, statusText(record));
  return el("h2", {}, status, ` ${name(record)}`);
}

function toolbar(actions) {
  const buttons = actions.map(([text, key, act, className = ""]) => {
    const button = el("button", { type: "button", className }, `${text} `, el("kbd", {}, key));
    button.addEventListener("click", act);
    return button;
  });
  return el("div", { className: "actions", role: "toolbar", ariaLabel: "Actions" }, ...buttons);
}

function numbersOf(record) {
  const facts = [
    ["Started", clock(record.at)],
    ["Duration", ms(record.duration_ms)],
    record.first_chunk_ms === null ? null : ["First chunk", ms(record.first_chunk_ms)],
    ["Start", record.cold ? "cold" : "warm"],
    record.init_ms === null ? null : ["INIT", ms(record.init_ms)],
    ["Billed", `${record.billed_ms} ms`],
    [`Cost, prices of ${subject.prices_as_of}`, perMillion(record.usd)],
    record.memory_mb === null ? null : ["Memory, peak of the process", `${Math.round(record.memory_mb)} MB`],
    ["Gateway", record.gateway ?? "none"],
    record.source === null ? null : ["Origin", `${ORIGINS[record.origin]} #${record.source}`],
    ["Number", `#${record.number}`],
  ];
  const pair = ([term, text]) => el("div", {}, el("dt", {}, term), el("dd", {}, text));
  return el("dl", { className: "numbers" }, ...facts.filter(Boolean).map(pair));
}

function sectionsOf(record) {
  const { number, response, stream } = record;
  const sections = [];
  if (record.problem) sections.push(el("p", { className: "problem" }, `The event cannot be read. ${record.problem}`));
  if (record.error) sections.push(section("Error", "", true, pre(record.error)));
  if (response) {
    const headers = pairs(response.headers);
    const body = bodyOf(response.body, number, "response");
    sections.push(section("Response", `${response.status} ${response.reason}`, true, headers, ...body));
  }
  if (stream) {
    const told = `${stream.chunks} chunks, ${bytes(stream.size_bytes)}, the first ${bytes(stream.kept_bytes)} kept`;
    sections.push(section("Stream", told, false, json(stream.prelude)));
  }
  if (record.environ.length) {
    sections.push(section("Environ", `${record.environ.length} keys`, true, pairs(record.environ)));
  }
  if (record.request_body.size_bytes) {
    const body = bodyOf(record.request_body, number, "request");
    sections.push(section("Request body", bytes(record.request_body.size_bytes), true, ...body));
  }
  sections.push(section("Event", "as the handler got it", false, json(record.event), wholeButton("event")));
  if (!stream && !record.error) {
    sections.push(section("Result", "as the handler gave it", false, json(record.result), wholeButton("result")));
  }
  return sections;
}

function section(title, told, open, ...children) {
  const summary = el("summary", {}, `${title} `, el("span", { className: "quiet" }, told));
  return el("details", { open }, summary, el("div", {}, ...children));
}

function pre(text, className = "") {
  return el("pre", { className, tabIndex: 0 }, text);
}

const json = (value) => pre(JSON.stringify(value, null, 2) ?? "null");

function pairs(rows) {
  const line = ([key, value]) => el("tr", {}, el("th", { scope: "row" }, key), el("td", {}, el("code", {}, value)));
  return el("table", { className: "pairs" }, ...rows.map(line));
}

function bodyOf(body, number, part) {
  if (!body.size_bytes) return [el("p", { className: "quiet" }, "no body")];
  const shown = body.hex === null ? pre(pretty(body)) : pre(body.hex, "hex");
  const told = body.cut ? `The beginning of ${bytes(body.size_bytes)}. ` : `${bytes(body.size_bytes)}. `;
  const link = el("a", { href: `records/${number}/${part}-body` }, "Save the body");
  return [shown, el("p", { className: "quiet" }, told, link)];
}

// JSON on one line is read by nobody.
function pretty(body) {
  if (body.cut || !/^\s*[[{]/.test(body.text)) return body.text;
  try {
    return JSON.stringify(JSON.parse(body.text), null, 2);
  } catch {
    return body.text;
  }
}

// Long texts in it were cut.
function wholeButton(part) {
  if (!JSON.stringify(current[part] ?? null).includes(" characters)")) return null;
  const button = el("button", { type: "button" }, `Show the whole ${part}`);
  const { number } = current;
  button.addEventListener("click", async () => {
    const whole = await ask(`records/${number}?whole`);
    button.previousSibling.textContent = JSON.stringify(whole[part], null, 2);
    button.remove();
  });
  return button;
}

export async function showEditor(send) {
  const { number } = current;
  const { event } = await ask(`records/${number}?whole`);
  const text = el("textarea", { id: "event", spellcheck: false, value: JSON.stringify(event, null, 2) });
  const sendIt = () => send(number, text.value);
  const leave = () => form.remove();
  const form = el(
    "form",
    {},
    el("label", { htmlFor: "event" }, "The event to send, JSON"),
    text,
    el("div", { className: "actions" }, el("button", {}, "Send ", el("kbd", {}, "Ctrl+Enter")), cancelButton(leave)),
  );
  form.addEventListener("submit", (event) => (event.preventDefault(), sendIt()));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sendIt();
  });
  byId("detail").querySelector("form")?.remove();
  byId("detail").querySelector(".actions").after(form);
  text.focus();
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
}

function cancelButton(leave) {
  const button = el("button", { type: "button" }, "Cancel ", el("kbd", {}, "Esc"));
  button.addEventListener("click", leave);
  return button;
}

export function closeEditor() {
  const form = byId("detail").querySelector("form");
  form?.remove();
  return form !== null;
}

export function showComparison(comparison, open) {
  const told =
    `The application was asked once for each of ${comparison.gateways.length} gateways. ` +
    `${comparison.rows.length} things differ, ${comparison.same} are the same; what most do not have is marked.`;
  const table = el("table", { className: "compare" }, headOf(comparison, open), el("tbody", {}, ...rowsOf(comparison)));
  const wide = el("div", { className: "wide", tabIndex: 0, role: "region", ariaLabel: "Differences" }, table);
  const place = byId("detail");
  place.querySelector(".comparison")?.remove();
  const shown = comparison.rows.length ? wide : null;
  const heading = el("h3", { tabIndex: -1 }, "All gateways");
  place.querySelector(".actions").after(
    el("section", { className: "comparison" }, heading, el("p", { className: "quiet" }, told), shown),
  );
  heading.focus();
}

function headOf({ gateways }, open) {
  const heads = gateways.map(({ name: gateway, number }) => {
    if (number === null) return el("th", { scope: "col", title: "The gateway refused the request itself" }, gateway);
    const button = el("button", { type: "button", title: `Open #${number}` }, gateway);
    button.addEventListener("click", () => open(number));
    return el("th", { scope: "col" }, button);
  });
  return el("thead", {}, el("tr", {}, el("th", { scope: "row" }, ""), ...heads));
}

function rowsOf({ rows }) {
  return rows.map(({ part, name: thing, cells }) => {
    const usual = mostFrequent(cells);
    const shown = cells.map((cell) => {
      const marks = [cell === usual ? "" : "other", cell === null ? "absent" : ""];
      return el("td", { className: marks.join(" ").trim() }, el("code", {}, cell ?? "not there"));
    });
    const head = el("th", { scope: "row" }, el("code", {}, thing), el("br"), el("small", { className: "quiet" }, part));
    return el("tr", {}, head, ...shown);
  });
}

function mostFrequent(cells) {
  const counts = new Map();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1])[0][0];
}
