// Which part of the map is shown: moved and zoomed with mouse, fingers, keys and buttons.
"use strict";

const MAP_ZOOM = 1.5; // times, by each press of a button or a key
const MAP_CLOSEST = 4000; // times the whole map
const MAP_CLICK = 6; // pixels that the pointer may move in a click

class MapView {
  #pointers = new Map();
  #moved = 0;

  constructor(canvas, { onChange, onClick, onHover }) {
    Object.assign(this, { canvas, onChange, onClick, onHover, x: 0.5, y: 0.5, scale: 1, whole: 1 });
    this.isFrozen = false; // while an area is drawn
  }

  // Shows the part with these bounds. Nothing can be moved before.
  start(bounds) {
    const canvas = this.canvas;
    canvas.tabIndex = 0;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, (event) => this.#up(event));
    }
    canvas.addEventListener("pointerleave", () => this.onHover(null));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    this.fit(bounds);
  }

  // Shows the part with these bounds, and a margin.
  fit({ left, top, right, bottom }) {
    const width = Math.max(right - left, 1e-3), height = Math.max(bottom - top, 1e-3);
    this.bounds = { left, top, right, bottom };
    this.scale = 0.86 * Math.min(this.canvas.clientWidth / width, this.canvas.clientHeight / height);
    this.whole = this.scale;
    this.x = (left + right) / 2;
    this.y = (top + bottom) / 2;
    this.onChange();
  }

  // Where it is, for `show`; null if the whole map is shown. The zoom counts from the whole map, so it
  // is the same part on a screen of another size.
  get part() {
    const { left, top, right, bottom } = this.bounds;
    const isWhole = this.scale === this.whole && this.x === (left + right) / 2 && this.y === (top + bottom) / 2;
    return isWhole ? null : [this.x, this.y, this.scale / this.whole];
  }

  show([x, y, zoom]) {
    Object.assign(this, { x, y, scale: this.whole * Math.min(Math.max(zoom, 0.5), MAP_CLOSEST) });
    this.onChange();
  }

  // The size of the page has changed: the middle and the part that is shown stay.
  resize() {
    const part = this.part;
    this.fit(this.bounds);
    if (part) this.show(part);
  }

  // A place on the screen is in CSS pixels from the upper left corner of the canvas.
  toScreen(x, y) {
    return [
      (x - this.x) * this.scale + this.canvas.clientWidth / 2,
      (y - this.y) * this.scale + this.canvas.clientHeight / 2,
    ];
  }

  toMap(left, top) {
    return [
      (left - this.canvas.clientWidth / 2) / this.scale + this.x,
      (top - this.canvas.clientHeight / 2) / this.scale + this.y,
    ];
  }

  zoom(factor, left = this.canvas.clientWidth / 2, top = this.canvas.clientHeight / 2) {
    const [x, y] = this.toMap(left, top);
    const scale = Math.min(Math.max(this.scale * factor, this.whole / 2), this.whole * MAP_CLOSEST);
    this.x = x - (left - this.canvas.clientWidth / 2) / scale;
    this.y = y - (top - this.canvas.clientHeight / 2) / scale;
    this.scale = scale;
    this.onChange();
  }

  pan(right, down) {
    const { left, top, right: end, bottom } = this.bounds;
    this.x = Math.min(Math.max(this.x + right / this.scale, left), end);
    this.y = Math.min(Math.max(this.y + down / this.scale, top), bottom);
    this.onChange();
  }

  #down(event) {
    if (this.isFrozen || event.button > 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, event);
    if (this.#pointers.size === 1) this.#moved = 0;
  }

  #move(event) {
    if (this.isFrozen) return;
    const before = this.#pointers.get(event.pointerId);
    if (!before) {
      this.onHover([event.offsetX, event.offsetY]);
      return;
    }
    const others = [...this.#pointers.values()].filter((each) => each.pointerId !== event.pointerId);
    this.#pointers.set(event.pointerId, event);
    this.#moved += Math.hypot(event.offsetX - before.offsetX, event.offsetY - before.offsetY);
    const part = 1 / this.#pointers.size; // each of two fingers moves the map by half
    this.pan((before.offsetX - event.offsetX) * part, (before.offsetY - event.offsetY) * part);
    if (others.length === 1) {
      const [other] = others;
      const apart = (each) => Math.hypot(each.offsetX - other.offsetX, each.offsetY - other.offsetY);
      const middle = [(event.offsetX + other.offsetX) / 2, (event.offsetY + other.offsetY) / 2];
      this.zoom(Math.max(apart(event), 1) / Math.max(apart(before), 1), ...middle);
    }
  }

  #up(event) {
    const isClick = this.#pointers.delete(event.pointerId) && event.type === "pointerup";
    if (isClick && this.#moved < MAP_CLICK) this.onClick([event.offsetX, event.offsetY], event);
  }

  // Without a key, or before the map was clicked, the wheel scrolls the page.
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.canvas) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.offsetX, event.offsetY);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    const actions = {
      ArrowLeft: () => this.pan(-step, 0), ArrowRight: () => this.pan(step, 0),
      ArrowUp: () => this.pan(0, -step), ArrowDown: () => this.pan(0, step),
      "+": () => this.zoom(MAP_ZOOM), "=": () => this.zoom(MAP_ZOOM), "-": () => this.zoom(1 / MAP_ZOOM),
      0: () => this.fit(this.bounds),
      Enter: () => this.onClick([this.canvas.clientWidth / 2, this.canvas.clientHeight / 2], event),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }
}
