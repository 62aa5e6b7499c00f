// Selects pictures: inside a line that is drawn around them, or all that are in view.
"use strict";

class MapSelection {
  #line = []; // places on the map, from 0 to 1

  constructor(section, view, { onSelect }) {
    Object.assign(this, { section, view, onSelect });
    this.button = section.querySelector('[data-map="lasso"]');
    this.bar = section.querySelector("#map-selected");
    this.polygon = section.querySelector(".map-lasso polygon");
    this.button.addEventListener("click", () => this.setDrawing(!view.isFrozen));
    const canvas = view.canvas;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#continue(event));
    canvas.addEventListener("pointerup", () => this.#end());
    canvas.addEventListener("pointercancel", () => this.clear());
    section.addEventListener("keydown", (event) => event.key === "Escape" && this.clear());
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

  clear() {
    this.#line = [];
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

  #end() {
    if (!this.isDrawing) return;
    this.isDrawing = false;
    if (this.#line.length < 3) {
      this.clear();
      return;
    }
    this.setDrawing(false);
    this.#select();
  }

  #select() {
    const corners = this.#corners(), data = this.data;
    const chosen = new Uint8Array(data.count);
    let count = 0;
    for (let point = 0; point < data.count; point++) {
      if (isInside(data.places[2 * point], data.places[2 * point + 1], corners)) count += chosen[point] = 1;
    }
    this.#announce(count, corners);
    this.update();
    this.onSelect(chosen);
  }

  // In steps, and no more than an address can have.
  #corners() {
    const every = Math.ceil(this.#line.length / this.section.dataset.mostCorners);
    const step = (place) => Math.min(MAP_STEPS, Math.max(0, Math.round(place * MAP_STEPS)));
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

// By the number of sides to the right of the place.
function isInside(x, y, corners) {
  let inside = false;
  for (let n = 0, before = corners.length - 1; n < corners.length; before = n++) {
    const [x1, y1] = corners[n], [x2, y2] = corners[before];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}
