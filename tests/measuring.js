// Beside a page in a frame: which of its texts are beyond the window, cut, faint, or on one another. Put together as JSON.
const frame = document.querySelector("iframe");
const CONTRAST = 4.5; // WCAG 2.2, 1.4.3

const styleOf = (element) => frame.contentWindow.getComputedStyle(element);
const short = (text) => text.trim().slice(0, 80);
const wordsOf = (element) =>
  [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(" ").trim();

function above(element, asked) { // the nearest element around, itself included, of which that is true
  for (let each = element; each; each = each.parentElement) if (asked(each)) return each;
  return null;
}

function light(colour) { // relative luminance
  const [red, green, blue] = colour.match(/[\d.]+/g).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(element) {
  const clear = ["rgba(0, 0, 0, 0)", "transparent"];
  const ground = above(element, (each) => !clear.includes(styleOf(each).backgroundColor));
  const behind = ground ? styleOf(ground).backgroundColor : "rgb(255, 255, 255)";
  const [most, least] = [light(styleOf(element).color), light(behind)].sort((a, b) => b - a);
  return (most + 0.05) / (least + 0.05);
}

function outside(box, whole) {
  return box.left < whole.left - 2 || box.right > whole.right + 2 || box.top < whole.top - 2 || box.bottom > whole.bottom + 2;
}

function onOneAnother(drawing) {
  const texts = [...drawing.querySelectorAll("text")].filter((each) => each.textContent.trim());
  const boxes = texts.map((each) => [short(each.textContent), each.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], place) => boxes.slice(place + 1).filter(([, b]) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return across > 2 && down > 0.4 * Math.min(a.height, b.height);
  }).map(([other]) => `${one} | ${other}`));
}

function measure(page, width) {
  const beyond = [], cut = [], faint = [];
  const shown = [...page.body.querySelectorAll("*")].filter(
    (each) => wordsOf(each) && each.getClientRects().length && !each.closest("title, style"));
  for (const element of shown) {
    const box = element.getBoundingClientRect(), words = short(wordsOf(element)), drawing = element.closest("svg");
    const moves = above(element.parentElement, (each) => ["auto", "scroll"].includes(styleOf(each).overflowX));
    if (!moves && (box.left < -1 || box.right > width + 1)) beyond.push(words);
    if (drawing) {
      if (outside(box, drawing.getBoundingClientRect())) cut.push(words);
      continue;
    }
    const hides = ["hidden", "clip"].includes(styleOf(element).overflowX);
    if (hides && element.scrollWidth > element.clientWidth + 1) cut.push(words);
    if (contrast(element) < CONTRAST) faint.push(words);
  }
  return {
    width, scroll: page.documentElement.scrollWidth, texts: shown.length, beyond, cut, faint,
    crossed: [...page.querySelectorAll("svg")].flatMap(onOneAnother),
    scripts: page.querySelectorAll("script").length, title: page.title, text: page.body.innerText.slice(0, 2000),
  };
}

frame.addEventListener("load", () => {
  document.querySelector("pre").textContent = JSON.stringify(measure(frame.contentDocument, frame.clientWidth));
});
