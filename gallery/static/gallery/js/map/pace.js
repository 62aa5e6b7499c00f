// How many points are drawn while the map moves: fewer where frames take too long, as without a
// graphics card. All of them are drawn when it stands still.
"use strict";

const MAP_SLOW = 34; // milliseconds between two frames: 30 in a second
const MAP_QUICK = 20;
const MAP_PAUSE = 200; // milliseconds after a frame, the map stands still
const MAP_FEWEST = 1000;

class MapPace {
  #timer = 0;

  // `drawAll` is called when the map stands still and not all points were drawn.
  constructor(total, drawAll) {
    Object.assign(this, { total, drawAll, count: total });
  }

  // How many points the frame that begins `now` has. The browser begins the next one when it has
  // drawn these points, whether the map moves on or not.
  next(now) {
    clearTimeout(this.#timer);
    const count = Math.round(this.count);
    requestAnimationFrame((then) => this.#drawn(count, then - now));
    return count;
  }

  #drawn(count, milliseconds) {
    if (milliseconds > MAP_SLOW) this.count = Math.max(Math.min(MAP_FEWEST, this.total), this.count * 0.7);
    else if (milliseconds < MAP_QUICK) this.count = Math.min(this.total, this.count * 1.15);
    if (count < this.total) this.#timer = setTimeout(this.drawAll, MAP_PAUSE);
  }
}
