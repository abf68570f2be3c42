"use strict";
// Lets a person draw the signature; without this script the typed one is all that is needed.
(() => {
  const byId = (id) => document.getElementById(id);
  const canvas = byId("pad-canvas"), field = byId("drawn"), box = byId("pad-box");
  const open = byId("pad-open"), state = byId("pad-state");
  const pen = canvas && canvas.getContext && canvas.getContext("2d");
  if (!pen || !window.PointerEvent) return;
  const mostPoints = 4900, mostStrokes = 100;
  let strokes = [], stroke = null, points = 0;
  pen.lineWidth = 5; pen.lineCap = "round"; pen.lineJoin = "round"; pen.strokeStyle = "#10243a";

  const within = (value, most) => Math.min(most, Math.max(0, Math.round(value * 10) / 10));
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [within((event.clientX - frame.left) / frame.width * 1000, 1000),
            within((event.clientY - frame.top) / frame.height * 300, 300)];
  };
  const keep = () => {
    field.value = strokes.length ? JSON.stringify(strokes) : "";
    state.textContent = strokes.length ? "Drawn. This drawing is your signature." : "Nothing drawn yet.";
  };
  const draw = (line) => {
    pen.beginPath(); pen.moveTo(...line[0]);
    for (const point of line) pen.lineTo(...point);
    pen.stroke();
  };
  const show = () => { box.hidden = false; open.setAttribute("aria-expanded", "true"); };

  byId("pad").hidden = false;
  if (field.value) {
    try { strokes = JSON.parse(field.value); strokes.forEach(draw); show(); } catch { strokes = []; }
    keep();
  }
  open.addEventListener("click", () => { show(); canvas.scrollIntoView({block: "nearest"}); });
  byId("pad-clear").addEventListener("click", () => {
    strokes = []; points = 0; pen.clearRect(0, 0, canvas.width, canvas.height); keep();
  });
  canvas.addEventListener("pointerdown", (event) => {
    if (strokes.length >= mostStrokes || points >= mostPoints) return;
    event.preventDefault(); canvas.setPointerCapture(event.pointerId);
    stroke = [place(event)]; points += 1; strokes.push(stroke); draw(stroke); keep();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke || points >= mostPoints) return;
    const before = stroke[stroke.length - 1], point = place(event);
    stroke.push(point); points += 1; draw([before, point]);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { stroke = null; keep(); });
})();
