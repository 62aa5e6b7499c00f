// The pictures on the map: thumbnails where there is room, one under the pointer, and the names of
// groups. None of them covers another one.
"use strict";

const MAP_THUMBNAIL = 60; // pixels, as in map.css
const MAP_GAP = 4; // pixels between thumbnails and names
const MAP_MOST_IN_VIEW = 300; // with more points, thumbnails would hide most of them
const MAP_REACH = 24; // pixels from the pointer to a point

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

  // The one whose thumbnail is there, or the nearest one; null if there is none.
  at([left, top]) {
    for (const point of this.#thumbnails.keys()) {
      const [x, y] = this.#place(point);
      if (2 * Math.max(Math.abs(x - left), Math.abs(y - top)) <= MAP_THUMBNAIL) return point;
    }
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
    const point = place && this.data?.keys ? this.at(place) : null;
    this.#hovered = point;
    this.card.hidden = point === null;
    this.view.canvas.classList.toggle("over-picture", point !== null);
    if (point === null) return;
    const address = this.previewAddress(point);
    if (this.card.getAttribute("src") !== address) this.card.src = address;
    this.#putAtPoint(this.card, point);
  }

  // Names come first, the largest groups before others. What stays is moved only.
  update() {
    const space = new MapSpace(MAP_GAP);
    this.#updateLabels(space);
    if (!this.data?.keys) return;
    if (this.#hovered !== null) this.#putAtPoint(this.card, this.#hovered);
    const shown = this.#withThumbnails(space);
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

  // The points in view that have a thumbnail.
  #withThumbnails(space) {
    const { canvas, scale } = this.view, width = canvas.clientWidth, height = canvas.clientHeight;
    const side = mapSquare(scale, MAP_THUMBNAIL + MAP_GAP), margin = 2 * side * scale, points = [];
    const isInView = (point) => {
      const [x, y] = this.#place(point);
      return x >= 0 && x <= width && y >= 0 && y <= height;
    };
    let count = 0;
    // What is near the border decides too, so that nothing changes in the middle while the map moves.
    const box = [...this.view.toMap(-margin, -margin), ...this.view.toMap(width + margin, height + margin)];
    for (const point of this.index.inBox(...box)) {
      if (isInView(point) && ++count > MAP_MOST_IN_VIEW) return new Set();
      points.push({ point, x: this.data.x(point), y: this.data.y(point) });
    }
    const free = mapThumbnails(points, side, ({ point }) => {
      const [x, y] = this.#place(point);
      return space.take(x, y, MAP_THUMBNAIL, MAP_THUMBNAIL);
    });
    return new Set(free.map(({ point }) => point).filter(isInView));
  }

  #updateLabels(space) {
    const { clientWidth, clientHeight } = this.view.canvas;
    for (const label of this.labels.children) {
      const place = this.view.toScreen(label.dataset.x / MAP_LAST_STEP, label.dataset.y / MAP_LAST_STEP);
      const width = Number((label.dataset.width ||= label.offsetWidth));
      const height = Number((label.dataset.height ||= label.offsetHeight));
      const isInView = place[0] >= 0 && place[0] <= clientWidth && place[1] >= 0 && place[1] <= clientHeight;
      // A name is moved inside if its group is in view.
      const left = mapWithin(place[0], width / 2 + MAP_GAP, clientWidth);
      const top = mapWithin(place[1], height / 2 + MAP_GAP, clientHeight);
      label.classList.toggle("covered", !isInView || !space.take(left, top, width, height));
      this.#put(label, left, top);
    }
  }

  #place(point) {
    return this.view.toScreen(this.data.x(point), this.data.y(point));
  }

  #putAtPoint(element, point) {
    this.#put(element, ...this.#place(point));
  }

  #put(element, left, top) {
    element.style.transform = `translate(${left.toFixed(1)}px, ${top.toFixed(1)}px) translate(-50%, -50%)`;
  }
}
