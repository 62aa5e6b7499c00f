// The map above the list of groups. Without WebGL, the page stays the list.
"use strict";

const mapSection = document.getElementById("map");
const mapDrawing = MapDrawing.on(mapSection.querySelector("canvas"), Number(mapSection.dataset.mostClusters));

function startMap() {
  const canvas = mapDrawing.canvas, groups = [...document.querySelectorAll("[data-cluster]")], labels = [];
  let isDue = false;

  const drawPoints = (count) => {
    const { x, y, scale, whole } = view;
    const apart = Math.sqrt((canvas.clientWidth * canvas.clientHeight) / mapDrawing.data.count);
    const pointSize = Math.min(14, Math.max(2.5, (0.5 * apart * scale) / whole));
    mapDrawing.draw({ x, y, scale, pointSize, count });
  };
  // Called as often as something changes; draws once for each frame of the screen.
  const draw = () => {
    if (isDue || !mapDrawing.data) return;
    isDue = true;
    requestAnimationFrame((now) => {
      isDue = false;
      drawPoints(pace.next(now));
      pictures.update();
      selection.update();
      address.writeSoon();
    });
  };
  const open = (place, event) => {
    const point = pictures.at(place);
    if (point === null || !pictures.data.keys) return;
    const target = pictures.pictureAddress(point);
    address.write();
    if (event.ctrlKey || event.metaKey) window.open(target, "_blank", "noopener");
    else location.assign(target);
  };
  const view = new MapView(canvas, { onChange: draw, onClick: open, onHover: (place) => pictures.hover(place) });
  const pictures = new MapPictures(mapSection, view);
  const selection = new MapSelection(mapSection, view, {
    onSelect: (chosen) => {
      mapDrawing.select(chosen);
      address.write();
      draw();
    },
  });
  const state = () => ({ view: view.part, corners: selection.corners });
  const address = new MapAddress(mapSection.dataset.projection, Number(mapSection.dataset.mostCorners), state);
  const restore = () => {
    const before = mapDrawing.data && address.read();
    if (before?.view) view.show(before.view);
    if (before?.corners) selection.restore(before.corners);
  };

  const isDark = () => {
    const channels = getComputedStyle(canvas).color.match(/[\d.]+/g).map(Number);
    return channels[0] + channels[1] + channels[2] > 384;
  };
  const colourGroups = (data) => {
    const dark = isDark(), numbers = groups.map((group) => [...data.clusters].indexOf(Number(group.dataset.cluster)));
    const colours = Array.from({ length: mapDrawing.clusters }, () => [0.5, 0.5, 0.5]);
    numbers.forEach((number, n) => (colours[number] = mapColour(n, dark)));
    groups.forEach((group, n) => {
      const [red, green, blue] = colours[numbers[n]].map((channel) => Math.round(255 * channel));
      group.style.setProperty("--group", `rgb(${red} ${green} ${blue})`);
      labels[n].style.setProperty("--group", `rgb(${red} ${green} ${blue})`);
    });
    return colours;
  };
  const addLabels = () => {
    for (const group of groups) {
      const label = group.querySelector(".map-name").cloneNode(true);
      Object.assign(label.dataset, { x: group.dataset.x, y: group.dataset.y });
      pictures.labels.append(label);
      labels.push(label);
    }
  };
  let pace = null;
  const show = (data) => {
    addLabels();
    mapDrawing.show(data, colourGroups(data));
    pace = new MapPace(data.count, () => drawPoints(data.count));
    pictures.show(data);
    selection.start(data);
    view.start(data.bounds());
    restore();
    for (const button of buttons) button.disabled = false;
  };
  const changeColours = () => {
    if (!mapDrawing.data) return;
    mapDrawing.colour(colourGroups(mapDrawing.data));
    draw();
  };

  const actions = {
    in: () => view.zoom(MAP_ZOOM),
    out: () => view.zoom(1 / MAP_ZOOM),
    all: () => view.fit(view.bounds),
    view: () => selection.selectView(),
    clear: () => selection.clear(),
  };
  const buttons = mapSection.querySelectorAll("[data-map]");
  for (const button of buttons) button.addEventListener("click", () => actions[button.dataset.map]?.());
  addEventListener("hashchange", restore); // a link to another part was opened here
  canvas.addEventListener("blur", () => pictures.hover(null));
  new ResizeObserver(() => view.bounds && view.resize()).observe(canvas);
  // The theme of the device, and the one that the person chooses on the page.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changeColours);
  new MutationObserver(changeColours).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  canvas.addEventListener("webglcontextrestored", () => {
    mapDrawing.restore();
    draw();
  });

  mapSection.hidden = false;
  MapData.load(mapSection.dataset.points, show).then(draw, () => {
    mapSection.querySelector(".map-failed").hidden = false;
  });
}

if (mapDrawing) startMap();
