// The pictures on the map: thumbnails where there is room, one under the pointer, and the names of
// groups.
"use strict";

const MAP_CELLS = 128; // in each direction, of the index of places
const MAP_THUMBNAIL = 76; // pixels between thumbnails
const MAP_MOST_IN_VIEW = 300; // with more points, thumbnails would hide most of them
const MAP_REACH = 24; // pixels from the pointer to a point

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

class MapPictures {
  #thumbnails = new Map(); // point -> image
  #hovered = null;

  constructor(section, view) {
    Object.assign(this, { section, view });
    this.layer = section.querySelector(".map-thumbnails");
    this.card = section.querySelector(".map-card");
    this.labels = section.querySelector(".map-labels");
  }

  show(data) {
    this.data = data;
    this.index = new MapIndex(data);
  }

  nearest([left, top]) {
    return this.index?.nearest(...this.view.toMap(left, top), MAP_REACH / this.view.scale) ?? null;
  }

  pictureAddress(point) {
    return this.section.dataset.picture.replace(/0{8}-[0-]+/, this.data.key(point));
  }

  previewAddress(point) {
    return this.section.dataset.preview.replace(/0{8}-[0-]+/, this.data.key(point));
  }

  // `place` is that of the pointer, or null.
  hover(place) {
    const point = place && this.data?.keys ? this.nearest(place) : null;
    this.#hovered = point;
    this.card.hidden = point === null;
    this.view.canvas.classList.toggle("over-picture", point !== null);
    if (point === null) return;
    const address = this.previewAddress(point);
    if (this.card.getAttribute("src") !== address) this.card.src = address;
    this.#putAtPoint(this.card, point);
  }

  // Shows thumbnails of the points in view, at most one in each square; those that stay are moved only.
  update() {
    if (!this.data?.keys) return;
    if (this.#hovered !== null) this.#putAtPoint(this.card, this.#hovered);
    const shown = this.#inSquares();
    for (const [point, image] of this.#thumbnails) {
      if (shown.has(point)) continue;
      image.remove();
      this.#thumbnails.delete(point);
    }
    for (const point of shown) {
      let image = this.#thumbnails.get(point);
      if (!image) {
        image = new Image();
        image.alt = "";
        image.src = this.previewAddress(point);
        image.addEventListener("error", () => image.classList.add("lost"));
        this.layer.append(image);
        this.#thumbnails.set(point, image);
      }
      this.#putAtPoint(image, point);
    }
  }

  // The squares move with the map, so thumbnails do not change while it is moved.
  #inSquares() {
    const { canvas, scale } = this.view;
    const [left, top] = this.view.toMap(0, 0);
    const [right, bottom] = this.view.toMap(canvas.clientWidth, canvas.clientHeight);
    const side = MAP_THUMBNAIL / 2 ** Math.floor(Math.log2(scale)), squares = new Map();
    let count = 0;
    for (const point of this.index.inBox(left, top, right, bottom)) {
      if (++count > MAP_MOST_IN_VIEW) return new Set();
      const square = `${Math.floor(this.data.x(point) / side)} ${Math.floor(this.data.y(point) / side)}`;
      if (!squares.has(square)) squares.set(square, point);
    }
    return new Set(squares.values());
  }

  // The largest groups first; a name that would cover another one is left out.
  updateLabels() {
    const taken = [];
    for (const label of this.labels.children) {
      const [place, top] = this.view.toScreen(label.dataset.x / MAP_LAST_STEP, label.dataset.y / MAP_LAST_STEP);
      const width = (label.dataset.width ||= label.offsetWidth) / 2 + 4;
      // A name is moved inside if its group is in view.
      const right = this.view.canvas.clientWidth, isInView = place >= 0 && place <= right;
      const left = isInView ? Math.max(width, Math.min(place, right - width)) : place;
      const isCovered = taken.some(([x, y, half]) => Math.abs(x - left) < half + width && Math.abs(y - top) < 26);
      label.classList.toggle("covered", isCovered);
      if (!isCovered) taken.push([left, top, width]);
      this.#put(label, left, top);
    }
  }

  #putAtPoint(element, point) {
    this.#put(element, ...this.view.toScreen(this.data.x(point), this.data.y(point)));
  }

  #put(element, left, top) {
    element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) translate(-50%, -50%)`;
  }
}
