// How many points are drawn while the map moves: fewer where frames take too long, as without a
// graphics card. All of them are drawn when it stands still.
"use strict";

const MAP_SLOW = 34; // milliseconds between two frames: 30 in a second
const MAP_QUICK = 20;
const MAP_PAUSE = 200; // without a frame for so long, the map stands still
const MAP_FEWEST = 1000;

class MapPace {
  #last = 0;
  #timer = 0;

  // `drawAll` is called when the map stands still and not all points were drawn.
  constructor(total, drawAll) {
    Object.assign(this, { total, drawAll, count: total });
  }

  // For the frame that begins `now`.
  next(now) {
    const gap = now - this.#last;
    this.#last = now;
    const isMoving = gap < MAP_PAUSE;
    if (isMoving && gap > MAP_SLOW) this.count = Math.max(Math.min(MAP_FEWEST, this.total), this.count * 0.7);
    else if (isMoving && gap < MAP_QUICK) this.count = Math.min(this.total, this.count * 1.15);
    clearTimeout(this.#timer);
    if (this.count < this.total) this.#timer = setTimeout(this.drawAll, MAP_PAUSE);
    return Math.round(this.count);
  }
}
