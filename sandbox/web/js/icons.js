/* Line icons drawn for this page, on a grid of 20 by 20. They are decoration: the control around them has the words. */

const SHAPES = {
  hash: ["M7.5 3.5 6 16.5M14 3.5l-1.5 13M3.8 7.5h13M3.2 12.5h13"],
  lock: ["M5.5 9h9v7.5h-9zM7.3 9V6.5a2.7 2.7 0 0 1 5.4 0V9"],
  shared: [
    "M8 12a3.2 3.2 0 0 0 4.6 0l2.6-2.6a3.2 3.2 0 0 0-4.6-4.6L9.6 5.9",
    "M12 8a3.2 3.2 0 0 0-4.6 0l-2.6 2.6a3.2 3.2 0 0 0 4.6 4.6l1-1.1",
  ],
  home: ["M3.5 9.5 10 4l6.5 5.5M5.5 8.5v7.5h9V8.5"],
  thread: ["M4 4.5h12v8.5H9.5L6.5 16v-3H4z"],
  close: ["M5 5l10 10M15 5 5 15"],
  back: ["M12 4.5 6.5 10l5.5 5.5"],
  more: ["M4.5 10h.01M10 10h.01M15.5 10h.01"],
  send: ["M3.5 16.5 17 10 3.5 3.5 5.5 10zM5.5 10H11"],
  bolt: ["M11 3 4.5 11.5H9L8 17l6.5-8.5H10z"],
  sun: [
    "M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
    "M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M15.7 4.3l-1.1 1.1M5.4 14.6l-1.1 1.1",
  ],
  moon: ["M15.8 12.3A6.5 6.5 0 0 1 7.7 4.2a6.5 6.5 0 1 0 8.1 8.1z"],
  menu: ["M3.5 5.5h13M3.5 10h13M3.5 14.5h13"],
  check: ["M4.5 10.5l3.5 3.5 7.5-8"],
  down: ["M5.5 8l4.5 4.5L14.5 8"],
  external: ["M8 4.5H4.5v11h11V12M11.5 4.5h4v4M15 5l-6 6"],
  file: ["M5.5 3h6l3.5 3.5V17h-9.5zM11.5 3v3.5H15"],
  download: ["M10 3.5v9M6 9l4 4 4-4M4 16.5h12"],
  info: ["M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM10 9v4.5M10 6.4v.01"],
  warning: ["M10 3.5 17 16H3zM10 8.5v3.5M10 13.9v.01"],
  search: ["M8.8 4a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM12.4 12.4 16.5 16.5"],
  sort: ["M7 4v12M4.5 13.5 7 16l2.5-2.5M13 16V4M10.5 6.5 13 4l2.5 2.5"],
  eye: ["M2.5 10S5.2 5 10 5s7.5 5 7.5 5-2.7 5-7.5 5-7.5-5-7.5-5z", "M10 8a2 2 0 1 1 0 4 2 2 0 0 1 0-4z"],
  compass: ["M10 3a7 7 0 1 1 0 14 7 7 0 0 1 0-14z", "M12.8 7.2 11.2 11.2 7.2 12.8 8.8 8.8z"],
  record: ["M4 4h12v12H4zM4 8h12M8.5 8v8"],
};

const SVG = "http://www.w3.org/2000/svg";

/** An icon by name, hidden from screen readers. Raises an Error for a name that is not drawn here. */
export function icon(name) {
  const shapes = SHAPES[name];
  if (!shapes) throw new Error(`no icon is called ${name}`);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  for (const shape of shapes) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}
