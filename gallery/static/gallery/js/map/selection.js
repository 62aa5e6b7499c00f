// Selects pictures: inside a line that is drawn around them, or all that are in view.
"use strict";

class MapSelection {
  #line = []; // places on the map, from 0 to 1

  constructor(section, view, { onSelect }) {
    Object.assign(this, { section, view, onSelect });
    this.button = section.querySelector('[data-map="lasso"]');
    this.bar = section.querySelector("#map-selected");
    this.polygon = section.querySelector(".map-lasso polygon");
  }

  // Nothing can be selected before.
  start(data) {
    this.data = data;
    this.button.addEventListener("click", () => this.setDrawing(!this.view.isFrozen));
    const canvas = this.view.canvas;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#continue(event));
    canvas.addEventListener("pointerup", (event) => this.#end(event));
    canvas.addEventListener("pointercancel", (event) => this.#cancel(event));
    this.section.addEventListener("keydown", (event) => event.key === "Escape" && this.clear());
  }

  setDrawing(drawing) {
    this.view.isFrozen = drawing;
    this.button.setAttribute("aria-pressed", String(drawing));
    this.view.canvas.classList.toggle("drawing", drawing);
  }

  selectView() {
    const [left, top] = this.view.toMap(0, 0);
    const [right, bottom] = this.view.toMap(this.view.canvas.clientWidth, this.view.canvas.clientHeight);
    this.#line = [[left, top], [right, top], [right, bottom], [left, bottom]];
    this.#select();
  }

  // The corners of what is selected, or null. They are steps, and no more than an address can have.
  get corners() {
    return this.bar.hidden ? null : this.#corners();
  }

  // Without scrolling: the page may have come back to another place.
  restore(corners) {
    this.#line = corners.map((corner) => corner.map((step) => step / MAP_LAST_STEP));
    this.#select({ isNew: false });
  }

  clear() {
    this.#line = [];
    this.isDrawing = false;
    this.setDrawing(false);
    this.update();
    this.bar.hidden = true;
    this.onSelect(null);
  }

  // The line moves with the map.
  update() {
    const points = this.#line.map(([x, y]) => this.view.toScreen(x, y).map(Math.round).join(","));
    this.polygon.setAttribute("points", points.join(" "));
  }

  #begin(event) {
    if (!this.view.isFrozen || event.button > 0 || !event.isPrimary) return;
    this.view.canvas.setPointerCapture(event.pointerId);
    this.#line = [this.view.toMap(event.offsetX, event.offsetY)];
    this.isDrawing = true;
  }

  #continue(event) {
    if (!this.isDrawing || !event.isPrimary) return;
    this.#line.push(this.view.toMap(event.offsetX, event.offsetY));
    this.update();
  }

  #cancel(event) {
    if (this.isDrawing && event.isPrimary) this.clear();
  }

  #end(event) {
    if (!this.isDrawing || !event.isPrimary) return;
    this.isDrawing = false;
    if (this.#line.length < 3) {
      this.clear();
      return;
    }
    this.setDrawing(false);
    this.#select();
  }

  #select({ isNew } = { isNew: true }) {
    const corners = this.#corners(), data = this.data;
    const chosen = new Uint8Array(data.count);
    let count = 0;
    for (let point = 0; point < data.count; point++) {
      if (isInside(data.places[2 * point], data.places[2 * point + 1], corners)) count += chosen[point] = 1;
    }
    this.#announce(count, corners);
    // On a phone it is below the screen. At once: what moves by itself disturbs some people.
    if (isNew) this.bar.scrollIntoView({ block: "nearest", behavior: "instant" });
    this.update();
    this.onSelect(chosen);
  }

  #corners() {
    const every = Math.ceil(this.#line.length / this.section.dataset.mostCorners);
    const step = (place) => Math.min(MAP_LAST_STEP, Math.max(0, Math.round(place * MAP_LAST_STEP)));
    return this.#line.filter((_, n) => n % every === 0).map(([x, y]) => [step(x), step(y)]);
  }

  #announce(count, corners) {
    const status = this.bar.querySelector("[role=status]"), link = this.bar.querySelector("a");
    this.bar.hidden = false;
    link.hidden = count === 0;
    link.href = `${this.section.dataset.pictures}?area=${corners.flat().join(",")}`;
    const texts = status.dataset, number = count.toLocaleString(document.documentElement.lang);
    status.textContent = count === 0 ? texts.none : count === 1 ? texts.one : texts.many.replace("%(n)s", number);
  }
}

// Whether lines that close around the place go around it. As in PostgreSQL, a place on the border is
// inside. All numbers are whole, so nothing is rounded.
function isInside(x, y, corners) {
  let turns = 0;
  for (let n = 0, before = corners.length - 1; n < corners.length; before = n++) {
    const [x1, y1] = corners[n], [x2, y2] = corners[before];
    const side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1); // 0 on the line
    if (side === 0 && isBetween(x, x1, x2) && isBetween(y, y1, y2)) return true;
    const isUp = y2 > y1;
    if (y1 > y !== y2 > y && side > 0 === isUp) turns += isUp ? 1 : -1;
  }
  return turns !== 0;
}

function isBetween(number, end, otherEnd) {
  return number >= Math.min(end, otherEnd) && number <= Math.max(end, otherEnd);
}
