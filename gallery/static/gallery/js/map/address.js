// The part of the map that is shown, and what is selected, in the fragment of the address: so Back, a
// reload and a link lead to them. The places are those of one map, so its number is there too.
"use strict";

const MAP_WRITE = 400; // milliseconds; browsers refuse to change an address too often

class MapAddress {
  #timer = 0;

  // `state` returns { view: [x, y, zoom] or null for the whole map, corners: [[x, y], …] or null }.
  constructor(map, mostCorners, state) {
    Object.assign(this, { map, mostCorners, state });
  }

  // The same, or null if the address says nothing about this map.
  read() {
    const values = new URLSearchParams(location.hash.slice(1));
    if (values.get("map") !== this.map) return null;
    return { view: this.#view(values.get("view")), corners: this.#corners(values.get("area")) };
  }

  writeSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.write(), MAP_WRITE);
  }

  write() {
    clearTimeout(this.#timer);
    const { view, corners } = this.state(), parts = [`map=${this.map}`];
    if (view) parts.push(`view=${view.map((number) => Number(number.toFixed(7))).join(",")}`);
    if (corners) parts.push(`area=${corners.flat().join(",")}`);
    if (parts.length === 1 && !location.hash.startsWith("#map=")) return; // another part of the page
    const hash = parts.length > 1 ? `#${parts.join("&")}` : "";
    if (hash !== location.hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  #view(text) {
    const numbers = (text ?? "").split(",").map(Number);
    const [x, y, zoom] = numbers;
    return numbers.length === 3 && isBetween(x, 0, 1) && isBetween(y, 0, 1) && zoom > 0 ? numbers : null;
  }

  #corners(text) {
    const numbers = (text ?? "").split(",").map(Number);
    const areSteps = numbers.every((number) => Number.isInteger(number) && isBetween(number, 0, MAP_LAST_STEP));
    if (!areSteps || numbers.length % 2 || numbers.length < 6 || numbers.length > 2 * this.mostCorners) return null;
    return Array.from({ length: numbers.length / 2 }, (_, n) => numbers.slice(2 * n, 2 * n + 2));
  }
}
