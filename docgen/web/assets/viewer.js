"use strict";
// Shows the pages of a PDF, drawn by PDF.js in this browser: only what is near the view, and only if the bytes
// have the digest that the page names. Without this script the links to the file are all that is needed.
(() => {
  const byId = (id) => document.getElementById(id);
  const viewer = byId("viewer");
  if (!viewer || !window.IntersectionObserver || !window.ResizeObserver || !window.fetch) return;
  const pages = byId("viewer-pages"), state = byId("viewer-state"), now = byId("page-now");
  const back = byId("page-back"), on = byId("page-on"), zoomNow = byId("zoom-now");
  const asText = byId("as-text"), ways = byId("ways");
  const points = 96 / 72;  // CSS pixels to a point of the PDF, at 100 %
  const steps = [.25, .33, .5, .67, .75, .9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];
  const mostPixels = 8e6;  // of one page's canvas; more is not sharper, only more memory
  let pdfjs = null, sheets = [], scale = 0, fits = true;

  // ---- The bytes.
  class Changed extends Error {}
  const digest = async (bytes) => {
    const made = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(made, (one) => one.toString(16).padStart(2, "0")).join("");
  };
  const fetched = async () => {
    const answer = await fetch(viewer.dataset.pdf, {credentials: "same-origin", redirect: "error"});
    if (answer.status === 409) throw new Changed();
    if (!answer.ok) throw new Error(`the PDF's address answers ${answer.status}`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    // Browsers reckon digests only on a secure site; elsewhere the address alone vouches for the bytes.
    if (window.crypto && crypto.subtle && await digest(bytes) !== viewer.dataset.sha256) throw new Changed();
    return bytes;
  };
  const opened = async () => {
    const [reader, data] = await Promise.all([import(viewer.dataset.reader), fetched()]);
    pdfjs = reader;
    pdfjs.GlobalWorkerOptions.workerSrc = viewer.dataset.worker;
    const place = new URL(".", new URL(viewer.dataset.reader, location.href)).href;
    // A page that cannot be read whole is not shown in part.
    const pdf = await pdfjs.getDocument({data, wasmUrl: place, useWasm: false, stopAtErrors: true,
      verbosity: pdfjs.VerbosityLevel.ERRORS}).promise;
    const numbers = Array.from({length: pdf.numPages}, (_, index) => index + 1);
    return Promise.all(numbers.map((number) => pdf.getPage(number)));
  };
  const fail = (error) => {
    byId("viewer-frame").hidden = true;
    byId(error instanceof Changed ? "viewer-changed" : "viewer-broken").hidden = false;
  };

  // ---- One sheet: a box of the page's size, filled while it is near the view.
  const sheetOf = (page, index) => {
    const box = document.createElement("section");
    box.className = "sheet";
    box.setAttribute("aria-label", `Page ${index + 1}`);
    pages.append(box);
    return {page, box, near: false, drawn: 0, task: null, canvas: null, hasWords: false};
  };
  const measure = (sheet) => {
    const size = sheet.page.getViewport({scale});
    sheet.box.style.width = `${Math.floor(size.width)}px`;
    sheet.box.style.height = `${Math.floor(size.height)}px`;
  };
  const amiss = (sheet) => {
    const told = document.createElement("p");
    told.className = "amiss";
    told.textContent = "This page cannot be shown here. Open the PDF to see it.";
    sheet.box.replaceChildren(told);
    sheet.drawn = Infinity;
  };
  // PDF.js leaves out a picture that it cannot decode; a page must not look empty where something is printed.
  const isWhole = ({page}) => [...page.objs, ...page.commonObjs].every(([id, data]) => data || !id.includes("img_"));
  const show = (sheet, canvas) => {
    if (sheet.canvas) { sheet.canvas.width = 0; sheet.canvas.remove(); }
    sheet.canvas = canvas;
    sheet.box.prepend(canvas);
  };
  const draw = async (sheet) => {
    if (!sheet.near || sheet.task || sheet.drawn === scale || sheet.drawn === Infinity) return;
    const wanted = scale, size = sheet.page.getViewport({scale});
    const sharp = Math.min(window.devicePixelRatio || 1, Math.sqrt(mostPixels / (size.width * size.height)));
    const viewport = sheet.page.getViewport({scale: scale * sharp});
    const canvas = document.createElement("canvas");
    canvas.setAttribute("aria-hidden", "true");  // its words follow it
    canvas.width = Math.floor(viewport.width);
    canvas.height = Math.floor(viewport.height);
    sheet.task = sheet.page.render({canvas, viewport});
    try {
      await sheet.task.promise;
      if (!isWhole(sheet)) throw new Error("a picture of this page cannot be decoded");
      show(sheet, canvas);
      sheet.drawn = wanted;
    } catch (error) {
      if (!(error instanceof pdfjs.RenderingCancelledException)) amiss(sheet);
    }
    sheet.task = null;
    if (!sheet.near) clear(sheet); else if (sheet.drawn !== scale) draw(sheet);
  };
  // What is selected, searched and read aloud: the page's own words, unseen above its picture, and the signatures on it.
  const write = async (sheet) => {
    if (sheet.hasWords || sheet.drawn === Infinity) return;
    sheet.hasWords = true;
    const container = document.createElement("div");
    container.className = "words";
    sheet.box.append(container);
    const textContentSource = sheet.page.streamTextContent({includeMarkedContent: true});
    const layer = new pdfjs.TextLayer({textContentSource, container, viewport: sheet.page.getViewport({scale})});
    await layer.render().catch(() => container.remove());
    const marks = await sheet.page.getAnnotations().catch(() => []);
    for (const mark of marks.filter((one) => one.fieldType === "Sig" && one.hasAppearance && one.alternativeText)) {
      const told = document.createElement("p");
      told.className = "spoken";
      told.textContent = mark.alternativeText;
      sheet.box.append(told);
    }
  };
  const clear = (sheet) => {
    if (sheet.task) { sheet.task.cancel(); return; }  // it comes here again when it has stopped
    if (sheet.drawn === Infinity) return;
    if (sheet.canvas) { sheet.canvas.width = 0; sheet.canvas.remove(); }
    sheet.canvas = null;
    sheet.drawn = 0;
    sheet.page.cleanup();
  };

  // ---- Where the reader is.
  const here = () => {
    const line = pages.scrollTop + pages.clientHeight / 3;
    const after = sheets.findIndex((sheet) => sheet.box.offsetTop > line);
    return Math.max(0, after < 0 ? sheets.length - 1 : after - 1);
  };
  const tellPlace = () => {
    const index = here();
    if (document.activeElement !== now) now.value = index + 1;
    back.setAttribute("aria-disabled", index === 0);
    on.setAttribute("aria-disabled", index === sheets.length - 1);
  };
  const goTo = (index) => {
    const wanted = Math.min(sheets.length - 1, Math.max(0, index));
    pages.scrollTop = sheets[wanted].box.offsetTop - sheets[0].box.offsetTop;
    state.textContent = `Page ${wanted + 1} of ${sheets.length}`;
    now.value = wanted + 1;
  };

  // ---- Zoom.
  const fitting = () => {
    const style = getComputedStyle(pages);
    const room = pages.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return room / Math.max(...sheets.map((sheet) => sheet.page.getViewport({scale: 1}).width));
  };
  const zoomTo = (wanted) => {
    const next = fits ? fitting() : wanted;
    if (!(next > 0) || Math.abs(next - scale) < .001) return;
    const index = here(), box = sheets[index].box;
    const within = scale ? (pages.scrollTop - box.offsetTop) / box.offsetHeight : 0;
    scale = next;
    pages.style.setProperty("--total-scale-factor", scale);
    sheets.forEach(measure);
    if (within) pages.scrollTop = box.offsetTop + within * box.offsetHeight;
    zoomNow.textContent = `${Math.round(scale / points * 100)}%`;
    sheets.forEach((sheet) => { if (sheet.task) sheet.task.cancel(); else draw(sheet); });
    tellPlace();
  };
  const zoomBy = (direction) => {
    const known = steps.map((step) => step * points);
    const next = direction > 0 ? known.find((one) => one > scale * 1.01) : known.filter((one) => one < scale * .99).pop();
    if (!next) return;
    fits = false;
    zoomTo(next);
  };
  const fit = () => { fits = true; zoomTo(0); };

  // ---- The controls.
  const control = () => {
    back.addEventListener("click", () => goTo(here() - 1));
    on.addEventListener("click", () => goTo(here() + 1));
    now.addEventListener("focus", () => now.select());
    now.addEventListener("change", () => {
      const number = parseInt(now.value, 10);
      if (number) goTo(number - 1); else now.value = here() + 1;
    });
    byId("zoom-in").addEventListener("click", () => zoomBy(1));
    byId("zoom-out").addEventListener("click", () => zoomBy(-1));
    byId("zoom-fit").addEventListener("click", fit);
    pages.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const act = {"+": () => zoomBy(1), "=": () => zoomBy(1), "-": () => zoomBy(-1), "0": fit}[event.key];
      if (act) { act(); event.preventDefault(); }
    });
    let waits = false;
    pages.addEventListener("scroll", () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => { waits = false; tellPlace(); });
    }, {passive: true});
    new ResizeObserver(() => { if (fits) zoomTo(0); }).observe(pages);
  };
  const watch = () => {
    const near = new IntersectionObserver((seen) => {
      for (const {target, isIntersecting} of seen) {
        const sheet = sheets.find((one) => one.box === target);
        sheet.near = isIntersecting;
        if (isIntersecting) { draw(sheet); write(sheet); } else clear(sheet);
      }
    }, {root: pages, rootMargin: "100% 0px"});
    sheets.forEach((sheet) => near.observe(sheet.box));
  };
  const begin = async () => {
    try {
      sheets = (await opened()).map(sheetOf);
      byId("page-count").textContent = `of ${sheets.length}`;
      state.classList.add("spoken");
      state.textContent = `${sheets.length} page${sheets.length === 1 ? "" : "s"}`;
      zoomTo(0);
      control();
      watch();
    } catch (error) {
      fail(error);
    }
  };

  // ---- Text or pages, where the page offers both in one place; the choice holds for this visit.
  const choose = (way) => {
    byId("as-pages").hidden = way !== "pages";
    asText.hidden = way === "pages";
    for (const button of ways.querySelectorAll("button")) button.setAttribute("aria-pressed", button.value === way);
    try { sessionStorage.setItem("way", way); } catch { /* then each page begins with the text */ }
  };
  const chosen = () => {
    try { return sessionStorage.getItem("way") || "text"; } catch { return "text"; }
  };
  byId("viewer-without").hidden = true;
  byId("viewer-frame").hidden = false;
  if (ways) {
    ways.hidden = false;
    ways.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) choose(button.value);
    });
    choose(chosen());
  }
  const print = byId("print-text");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const first = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    first.disconnect();
    begin();
  }, {rootMargin: "100% 0px"});
  first.observe(viewer);
})();
