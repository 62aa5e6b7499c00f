// Finds points by their place.
"use strict";

const MAP_CELLS = 128; // in each direction, of the index of places

class MapIndex {
  #starts = new Uint32Array(MAP_CELLS * MAP_CELLS + 1);
  #points;

  constructor(data) {
    this.data = data;
    const cells = new Uint16Array(data.count);
    for (let point = 0; point < data.count; point++) {
      cells[point] = this.#cell(data.x(point)) + MAP_CELLS * this.#cell(data.y(point));
      this.#starts[cells[point] + 1]++;
    }
    for (let cell = 0; cell < MAP_CELLS * MAP_CELLS; cell++) this.#starts[cell + 1] += this.#starts[cell];
    const next = this.#starts.slice();
    this.#points = new Uint32Array(data.count);
    for (let point = 0; point < data.count; point++) this.#points[next[cells[point]]++] = point;
  }

  #cell(place) {
    return Math.min(MAP_CELLS - 1, Math.max(0, Math.floor(place * MAP_CELLS)));
  }

  *inBox(left, top, right, bottom) {
    for (let row = this.#cell(top); row <= this.#cell(bottom); row++) {
      for (let column = this.#cell(left); column <= this.#cell(right); column++) {
        const cell = column + MAP_CELLS * row;
        for (let n = this.#starts[cell]; n < this.#starts[cell + 1]; n++) {
          const point = this.#points[n], x = this.data.x(point), y = this.data.y(point);
          if (x >= left && x <= right && y >= top && y <= bottom) yield point;
        }
      }
    }
  }

  // The nearest point at most `reach` away, or null.
  nearest(x, y, reach) {
    let nearest = null, least = reach;
    for (const point of this.inBox(x - reach, y - reach, x + reach, y + reach)) {
      const distance = Math.hypot(this.data.x(point) - x, this.data.y(point) - y);
      if (distance <= least) [nearest, least] = [point, distance];
    }
    return nearest;
  }
}
