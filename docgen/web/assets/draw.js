"use strict";
// Lets a person draw the signature; without this script the typed one is all that is needed.
(() => {
  const byId = (id) => document.getElementById(id);
  const canvas = byId("pad-canvas"), field = byId("drawn"), box = byId("pad-box");
  if (!canvas || !canvas.getContext) return;
  const pen = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;
  pen.lineWidth = 4; pen.lineCap = "round"; pen.lineJoin = "round"; pen.strokeStyle = "#10243a";
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    const within = (value, most) => Math.min(most, Math.max(0, Math.round(value * 10) / 10));
    return [within((event.clientX - frame.left) / frame.width * 1000, 1000),
            within((event.clientY - frame.top) / frame.height * 300, 300)];
  };
  const keep = () => { field.value = strokes.length ? JSON.stringify(strokes) : ""; };
  byId("pad").hidden = false;
  byId("pad-open").addEventListener("click", () => { box.hidden = false; canvas.scrollIntoView({block: "nearest"}); });
  byId("pad-clear").addEventListener("click", () => { strokes.length = 0; pen.clearRect(0, 0, 1000, 300); keep(); });
  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault(); canvas.setPointerCapture(event.pointerId);
    stroke = [place(event)]; strokes.push(stroke);
    pen.beginPath(); pen.moveTo(...stroke[0]); keep();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const point = place(event); stroke.push(point); pen.lineTo(...point); pen.stroke();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { stroke = null; keep(); });
})();
