// Reads the points of the map as they arrive. The format is described in docs/map.md.
"use strict";

const KEY_BYTES = 16;
const MAP_LAST_STEP = 65535;

class MapData {
  // The places are followed by the keys, which only thumbnails and links need: `onPlaces` is called
  // before they have arrived.
  static async load(address, onPlaces) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(response.status);
    const reader = response.body.getReader();
    let bytes = new Uint8Array(1 << 16), length = 0, data = null;
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (length + chunk.value.length > bytes.length) {
        const larger = new Uint8Array(Math.max(2 * bytes.length, length + chunk.value.length));
        larger.set(bytes.subarray(0, length));
        bytes = larger;
      }
      bytes.set(chunk.value, length);
      length += chunk.value.length;
      if (!data && MapData.#hasPlaces(bytes, length)) {
        data = new MapData(bytes);
        onPlaces(data);
      }
    }
    data.keys = bytes.slice(data.#end, data.#end + KEY_BYTES * data.count);
    return data;
  }

  static #hasPlaces(bytes, length) {
    if (length < 8) return false;
    const [count, clusters] = new Uint32Array(bytes.slice(0, 8).buffer);
    return length >= 8 + 4 * clusters + 5 * count;
  }

  #end;

  constructor(bytes) {
    const [count, clusters] = new Uint32Array(bytes.slice(0, 8).buffer);
    const places = 8 + 4 * clusters, numbers = places + 4 * count;
    this.count = count;
    this.clusters = new Uint32Array(bytes.slice(8, places).buffer);
    this.places = new Uint16Array(bytes.slice(places, numbers).buffer); // x, y, x, y, …
    this.numbers = bytes.slice(numbers, numbers + count); // of the cluster, in `clusters`
    this.keys = null;
    this.#end = numbers + count;
  }

  // Both are from 0 to 1.
  x(point) {
    return this.places[2 * point] / MAP_LAST_STEP;
  }

  y(point) {
    return this.places[2 * point + 1] / MAP_LAST_STEP;
  }

  // Written with hyphens, as in addresses; null until the keys have arrived.
  key(point) {
    if (!this.keys) return null;
    const bytes = this.keys.subarray(KEY_BYTES * point, KEY_BYTES * (point + 1));
    const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  bounds() {
    let left = 1, top = 1, right = 0, bottom = 0;
    for (let point = 0; point < this.count; point++) {
      const x = this.x(point), y = this.y(point);
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
    return { left, top, right, bottom };
  }
}
