"use strict";
const page = document.body.dataset, lines = [...document.querySelectorAll("main li")];
const state = document.getElementById("state"), LABELS = { b: "body", c: "caption", s: "sidebar" };
let here = -1, anchor = null, ranging = false; // the current line, the other end of a range, whether moves extend it
let revision = page.revision, saving = Promise.resolve(), waiting = 0, broken = false;
const undoable = [], visited = [];

const number = (line) => line.id.slice(1);
const score = (line) => (line.dataset.label ? Number(line.dataset.score || 1) : 0); // what people have labelled is sure
const percent = (share) => `${Math.round(100 * share)}%`;

function draw(line) {
  for (const label of Object.values(LABELS)) line.classList.toggle(label, line.dataset.label === label);
  line.classList.toggle("unsure", score(line) < page.unsure);
  line.querySelector(".label").textContent = line.dataset.label || "no label";
  line.querySelector(".score").textContent = line.dataset.score ? percent(score(line)) : "";
}

function count() {
  for (const label of Object.values(LABELS))
    document.querySelector(`#counts .${label} span`).textContent = lines.filter((line) => line.dataset.label === label).length;
  document.querySelector("#counts .doubt span").textContent = lines.filter((line) => score(line) < page.unsure).length;
}

function chosen() {
  const other = anchor ?? here;
  return lines.slice(Math.min(other, here), Math.max(other, here) + 1);
}

function go(to, extend = ranging) {
  if (!lines[to]) return;
  if (!extend) anchor = null;
  else anchor ??= here;
  lines[here]?.classList.remove("here");
  here = to;
  lines[here].classList.add("here");
  lines[here].focus({ preventScroll: true });
  lines[here].scrollIntoView({ block: "nearest" });
  mark();
}

function mark() {
  const range = anchor === null ? [] : chosen();
  for (const line of lines) line.classList.toggle("chosen", range.includes(line));
  document.querySelector(".do-range").setAttribute("aria-pressed", ranging);
}

function letGo() {
  anchor = null;
  ranging = false;
  mark();
}

function block(step) { // the first line of the next block of one label, or of the one before
  const starts = [...lines.keys()].filter((at) => at === 0 || lines[at].dataset.label !== lines[at - 1].dataset.label);
  go(step > 0 ? starts.find((at) => at > here) : starts.findLast((at) => at < here));
}

function leastSure() { // of those that nobody has labelled or looked at yet
  const left = [...lines.keys()].filter((at) => score(lines[at]) < 1 && !visited.includes(at));
  if (!left.length) return tell("There is no line left that the model has labelled and you have not looked at.");
  const next = left.reduce((best, at) => (score(lines[at]) < score(lines[best]) ? at : best));
  visited.push(next);
  go(next, false);
}

function tell(text, button) {
  state.textContent = text;
  if (!button) return;
  const reload = document.createElement("button");
  reload.textContent = "Load again";
  reload.addEventListener("click", () => location.reload());
  state.append(reload);
}

function fail(text) {
  broken = true;
  document.body.classList.add("broken");
  tell(text, true);
}

function save(change) { // one change after the other: each is made to the revision that the one before it left
  waiting += 1;
  tell("Saving …");
  saving = saving.then(async () => {
    if (broken) return;
    let answer, text;
    try {
      const headers = { "Content-Type": "application/json" };
      answer = await fetch(location.pathname, { method: "POST", headers, body: JSON.stringify({ revision, ...change }) });
      text = await answer.text();
    } catch {
      fail("The editor does not answer, and the last change is not saved. Start `locbao corpus edit` again, and open its new address.");
      return;
    }
    if (!answer.ok) return fail(text);
    revision = JSON.parse(text).revision;
    waiting -= 1;
    if (!waiting) tell("Everything is saved.");
  });
  return saving;
}

function relabel(values, remember = true) { // a map of lines to labels
  if (broken) return;
  const before = new Map([...values.keys()].filter((line) => line.dataset.label).map((line) => [line, line.dataset.label]));
  if (remember) undoable.push(() => relabel(before, false));
  const labels = {};
  for (const [line, label] of values) {
    labels[number(line)] = line.dataset.label = label;
    line.dataset.score = "";
    draw(line);
  }
  count();
  save({ labels });
}

function label(name, whole) {
  let range = chosen();
  if (whole && anchor === null) {
    const old = lines[here].dataset.label, other = (line) => line.dataset.label !== old;
    const end = lines.findIndex((line, at) => at > here && other(line));
    range = lines.slice(lines.findLastIndex((line, at) => at < here && other(line)) + 1, end < 0 ? lines.length : end);
  }
  relabel(new Map(range.map((line) => [line, name])));
  letGo();
}

function flag(range, doubtful, remember = true) {
  if (broken) return;
  const changed = range.filter((line) => line.classList.contains("flagged") !== doubtful);
  if (remember) undoable.push(() => flag(changed, !doubtful, false));
  for (const line of changed) line.classList.toggle("flagged", doubtful);
  save({ sure: Object.fromEntries(changed.map((line) => [number(line), !doubtful])) });
  letGo();
}

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

async function why(line) {
  const shown = line.querySelector(".why");
  if (shown) return shown.remove();
  const panel = element("div", "", "why");
  line.append(panel);
  try {
    const answer = await fetch(`${location.pathname}/${number(line)}`), text = await answer.text();
    if (!answer.ok) return panel.append(text);
    const { label: of, score: sure, reasons } = JSON.parse(text), strongest = Math.max(...reasons.map((each) => Math.abs(each[2])));
    const table = element("table", "");
    for (const [feature, value, weight] of reasons) {
      const row = table.insertRow(), bar = element("i", "", weight < 0 ? "against" : "");
      bar.style.width = percent(Math.abs(weight) / strongest);
      row.append(element("th", feature), element("td", value === 1 ? "" : Number(value.toPrecision(3)), "value"), element("td", "", "bar"));
      row.lastChild.append(bar);
      row.append(element("td", (weight < 0 ? "" : "+") + weight.toFixed(2)));
    }
    panel.append(element("h2", `The model says ${of}, ${percent(sure)}; for it (+), against (-):`), table);
    panel.scrollIntoView({ block: "nearest" });
  } catch {
    panel.append("The editor does not answer. Start `locbao corpus edit` again, and open its new address.");
  }
}

async function open(place) {
  await saving;
  if (!broken && place !== "") location.assign(place);
  else if (!broken) tell("There is no further page.");
}

async function done() {
  if (page.checked !== "true") await save({ checked: true });
  if (page.open === "" && !broken) location.reload();
  else open(page.open);
}

function undo() {
  if (undoable.length) undoable.pop()();
  else tell("There is no change to take back.");
}

const KEYS = {
  j: () => go(here + 1), k: () => go(here - 1), J: () => go(here + 1, true), K: () => go(here - 1, true),
  ArrowDown: () => go(here + 1), ArrowUp: () => go(here - 1), Home: () => go(0), End: () => go(lines.length - 1),
  "]": () => block(1), "[": () => block(-1), n: leastSure,
  N: () => { visited.pop(); if (visited.length) go(visited.at(-1), false); },
  v: () => { ranging = !ranging; anchor = ranging ? here : null; mark(); }, Escape: letGo,
  u: () => flag(chosen(), !chosen().every((line) => line.classList.contains("flagged"))),
  w: () => why(lines[here]), z: undo,
  h: () => open(page.before), l: () => open(page.after), ArrowLeft: () => open(page.before), ArrowRight: () => open(page.after),
  Enter: done,
};
for (const [key, name] of Object.entries(LABELS)) {
  KEYS[key] = () => label(name, false);
  KEYS[key.toUpperCase()] = () => label(name, true);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.closest("button, a")) return;
  // A Vietnamese input method keeps the letter to itself and tells the place of the key.
  const letter = event.code.replace("Key", ""), typed = event.key === "Process" ? (event.shiftKey ? letter : letter.toLowerCase()) : event.key;
  if (!Object.hasOwn(KEYS, typed)) return;
  event.preventDefault();
  KEYS[typed]();
});
document.querySelector("[role=toolbar]").addEventListener("click", (event) => {
  const button = event.target.closest("button"), key = button?.dataset.key;
  if (key) KEYS[event.shiftKey && key.length === 1 ? key.toUpperCase() in KEYS ? key.toUpperCase() : key : key]();
});
lines.forEach((line, at) => line.addEventListener("click", (event) => {
  if (!event.target.closest(".why") && getSelection().isCollapsed) go(at, event.shiftKey || ranging);
}));
addEventListener("beforeunload", (event) => { if (waiting && !broken) event.preventDefault(); });

lines.forEach(draw);
count();
if (lines.some((line) => score(line) < page.unsure)) leastSure();
else go(0);
