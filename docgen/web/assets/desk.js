// Small comforts of the staff pages. Every page works without this file.
"use strict";

document.documentElement.classList.add("scripted");

// A form that changes something is sent once; the server makes sure, this only spares a click.
document.addEventListener("submit", (sending) => {
  const form = sending.target;
  if (form.method !== "post" || sending.defaultPrevented) return;
  const large = [...form.elements].find((field) => field.type === "file" && field.validity.customError);
  if (large) {
    sending.preventDefault();
    large.reportValidity();
    return;
  }
  const buttons = form.querySelectorAll("button");
  // After the event, because a disabled button's name would not be sent.
  setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
});

// A file that is too large is refused when it is chosen, not after it was sent.
document.addEventListener("change", (chosen) => {
  const field = chosen.target;
  if (field.type !== "file" || !field.dataset.most) return;
  const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
  field.setCustomValidity(large ? field.dataset.tooLarge : "");
  field.reportValidity();
});

// Coming back by the browser's own button must find the form usable.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[method=post] button").forEach((button) => { button.disabled = false; });
});

// What is wrong comes first.
const problem = document.getElementById("problem");
if (problem) {
  problem.tabIndex = -1;
  problem.focus();
}
