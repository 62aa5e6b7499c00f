// Where thumbnails and names have room.
"use strict";

// Rectangles that do not cover each other.
class MapSpace {
  #taken = [];

  constructor(gap) {
    this.gap = gap;
  }

  // Takes a rectangle around (x, y), and returns true, if nothing is there.
  take(x, y, width, height) {
    const isTaken = this.#taken.some(
      (other) =>
        2 * Math.abs(other.x - x) < other.width + width + 2 * this.gap &&
        2 * Math.abs(other.y - y) < other.height + height + 2 * this.gap,
    );
    if (!isTaken) this.#taken.push({ x, y, width, height });
    return !isTaken;
  }
}

// The side of a square of the grid for thumbnails: `least` pixels on the screen, or up to 1.42 times
// as many, because the grid changes with every second doubling of the area only.
function mapSquare(scale, least) {
  return least / 2 ** (Math.floor(2 * Math.log2(scale)) / 2);
}

// At most one of the points in each square, the one nearest to its middle that `take` accepts. The
// grid moves with the map. Squares of every second column and row come first: they are too far from
// each other to collide, so what is shown depends on a few squares around, and not on the view.
function mapThumbnails(points, side, take) {
  const rounds = [[], [], [], []], squares = new Map();
  for (const point of points) {
    const column = Math.floor(point.x / side), row = Math.floor(point.y / side);
    const key = `${column} ${row}`;
    if (!squares.has(key)) {
      squares.set(key, []);
      rounds[(column & 1) + 2 * (row & 1)].push(squares.get(key));
    }
    const apart = Math.hypot(point.x / side - column - 0.5, point.y / side - row - 0.5);
    squares.get(key).push({ point, apart });
  }
  const nearestFirst = (one, other) => one.apart - other.apart;
  const chosen = rounds.flat().map((square) => square.sort(nearestFirst).find(({ point }) => take(point)));
  return chosen.filter(Boolean).map(({ point }) => point);
}

// The place, or the nearest one to it whose distance from both ends is the margin.
function mapWithin(place, margin, end) {
  return Math.max(margin, Math.min(place, end - margin));
}
