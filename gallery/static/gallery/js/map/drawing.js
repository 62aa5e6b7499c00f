// Draws the points with WebGL. Libraries for this build code from texts, which the CSP forbids
// (docs/decisions/0034-a-map-of-the-gallery.md).
"use strict";

// `clusters` is the most that a map has.
const mapVertices = (clusters) => `
attribute vec2 place;
attribute float cluster;
attribute float chosen;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
uniform float selecting;
uniform vec3 colours[${clusters}];
varying lowp vec4 colour;
void main() {
  vec2 position = (place - centre) * scale;
  float faint = selecting * (1.0 - chosen);
  gl_Position = vec4(position.x, -position.y, 0.0, 1.0);
  gl_PointSize = size;
  colour = vec4(colours[int(cluster)], 0.85 - 0.7 * faint);
}`;
const MAP_FRAGMENTS = `
precision mediump float;
varying lowp vec4 colour;
void main() {
  float distance = length(gl_PointCoord - 0.5);
  if (distance > 0.5) discard;
  float alpha = colour.a * smoothstep(0.5, 0.4, distance);
  gl_FragColor = vec4(colour.rgb * alpha, alpha);
}`;

// Neighbours in the list differ by the golden angle, so no two groups next to each other look alike.
function mapColour(number, dark) {
  const hue = (number * 137.508 + 190) % 360, saturation = 0.62, lightness = dark ? 0.64 : 0.4;
  const amount = saturation * Math.min(lightness, 1 - lightness);
  return [0, 8, 4].map((offset) => {
    const k = (offset + hue / 30) % 12;
    return lightness - amount * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  });
}

class MapDrawing {
  #buffers = new Map(); // name of the attribute -> buffer

  // Null if this browser has no WebGL.
  static on(canvas, clusters) {
    const gl = canvas.getContext("webgl", { antialias: false, premultipliedAlpha: true });
    return gl && new MapDrawing(canvas, gl, clusters);
  }

  constructor(canvas, gl, clusters) {
    Object.assign(this, { canvas, gl, clusters, data: null, chosen: null });
    this.#prepare();
    canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
  }

  // After the context was lost, which has all that was sent. Draw afterwards.
  restore() {
    this.#prepare();
    if (this.data) this.#send();
  }

  #prepare() {
    const gl = this.gl, program = gl.createProgram();
    const vertices = mapVertices(this.clusters);
    for (const [type, source] of [[gl.VERTEX_SHADER, vertices], [gl.FRAGMENT_SHADER, MAP_FRAGMENTS]]) {
      const shader = gl.createShader(type);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    this.program = program;
    this.#buffers.clear();
  }

  show(data, colours) {
    Object.assign(this, { data, colours });
    this.#send();
  }

  #send() {
    this.#attribute("place", this.data.places, 2, this.gl.UNSIGNED_SHORT, true);
    this.#attribute("cluster", this.data.numbers, 1, this.gl.UNSIGNED_BYTE, false);
    this.select(this.chosen);
    this.colour(this.colours);
  }

  // One colour for each number of a cluster.
  colour(colours) {
    this.colours = colours;
    this.gl.uniform3fv(this.#uniform("colours"), colours.flat());
  }

  // `chosen` has 1 for each selected point, or is null if nothing is selected.
  select(chosen) {
    this.chosen = chosen;
    this.#attribute("chosen", chosen ?? new Uint8Array(this.data.count), 1, this.gl.UNSIGNED_BYTE, false);
  }

  // `x` and `y` are the place in the middle, and `scale` is the width of the whole map in CSS pixels.
  // `count` points are drawn: the first ones, which are a random sample, because the keys are random.
  draw({ x, y, scale, pointSize, count }) {
    const gl = this.gl, ratio = window.devicePixelRatio || 1;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
    }
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.#uniform("centre"), x, y);
    gl.uniform2f(this.#uniform("scale"), (2 * scale) / width, (2 * scale) / height);
    gl.uniform1f(this.#uniform("size"), pointSize * ratio);
    gl.uniform1f(this.#uniform("selecting"), this.chosen ? 1 : 0);
    gl.drawArrays(gl.POINTS, 0, count);
  }

  #uniform(name) {
    return this.gl.getUniformLocation(this.program, name);
  }

  #attribute(name, values, size, type, normalized) {
    const gl = this.gl, index = gl.getAttribLocation(this.program, name);
    if (!this.#buffers.has(name)) this.#buffers.set(name, gl.createBuffer());
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers.get(name));
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    gl.enableVertexAttribArray(index);
    gl.vertexAttribPointer(index, size, type, normalized, 0, 0);
  }
}
