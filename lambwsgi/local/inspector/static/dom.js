// Elements, and numbers as people read them.

export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const byId = (id) => document.getElementById(id);

export const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(value < 100 ? 1 : 0)} ms`;

export const bytes = (count) => (count === 1 ? "1 byte" : `${count.toLocaleString("en")} bytes`);

// One invocation costs too little to be read; a million of them says more.
export const perMillion = (usd) => `$${(usd * 1e6).toFixed(2)} per million`;

export function clock(seconds) {
  const at = new Date(seconds * 1000);
  const two = (value) => String(value).padStart(2, "0");
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${parts}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

export function statusText(record) {
  if (record.failed) return "raised";
  return record.status === null ? "–" : String(record.status);
}

export function statusClass(record) {
  return record.failed ? "status failed" : `status s${Math.floor((record.status ?? 0) / 100)}`;
}

export function name(record) {
  return `${record.method} ${record.path}`.trim();
}

// What the server answers; its own words where it refuses.
export async function ask(path, options) {
  const response = await fetch(path, options);
  if (!response.ok) throw new Error(await response.text());
  return response.status === 204 ? null : response.json();
}

export const post = (path, body) => ask(path, { method: "POST", body });
