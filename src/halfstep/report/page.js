(function () {
  "use strict";
  var root = document.documentElement, data = JSON.parse(document.getElementById("data").textContent);
  var drawer = document.getElementById("drawer"), box = document.getElementById("origin");
  var zh = function () { return root.classList.contains("lang-zh"); };
  var say = function (pair) { return pair ? pair[zh() ? 0 : 1] : ""; };
  function add(list, head, text) {
    if (text === undefined || text === null || text === "") { return; }
    var dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = say(data.heads[head]);
    dd.textContent = text;
    list.append(dt, dd);
  }
  function show(n) {
    var r = data.records[n], o = data.origins[r.origin] || {}, list = document.createElement("dl"), title = document.createElement("h2");
    title.textContent = say(data.words[r.what]);
    add(list, "id", r.id);
    add(list, "value", r.value === undefined && r.lo !== undefined ? say(data.heads.set) : r.value);
    if (r.lo !== undefined) { add(list, "interval", r.lo === r.hi ? say(data.heads.exact) : r.lo + " … " + r.hi); }
    if (r.level !== undefined && r.level < 1) { add(list, "level", r.level * 100 + "%"); }
    add(list, "unit", say(data.words[r.unit]));
    add(list, "p short", r.p_short); add(list, "p met", r.p_met); add(list, "p ahead", r.p_ahead); add(list, "family", r.family);
    add(list, "n", r.n); add(list, "freedom", r.freedom); add(list, "tier", say(data.words[r.tier]));
    add(list, "method", say(data.words[o.method])); add(list, "table", o.table); add(list, "rows", o.rows); add(list, "rows used", o.used);
    add(list, "assumptions", (o.assume || []).map(function (k) { return say(data.words[k]); }).join(zh() ? "" : " "));
    box.replaceChildren(title, list);
    if (!drawer.open) { drawer.showModal(); }
    drawer.scrollTop = 0;
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a.n");
    if (link) { event.preventDefault(); show(Number(link.dataset.n)); }
    if (event.target === drawer) { drawer.close(); }
  });
  document.getElementById("close").addEventListener("click", function () { drawer.close(); });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
  document.getElementById("language").addEventListener("click", function () {
    var next = zh() ? "en" : "zh";
    root.classList.remove("lang-zh", "lang-en");
    root.classList.add("lang-" + next);
    root.lang = next;
  });

  // Pictures: a figure in the language and width it is shown in, as one SVG that needs nothing else.
  var SVG = "http://www.w3.org/2000/svg", FINE = 3, AIR = 16, GAP = [40, 18], pen = document.createElement("canvas").getContext("2d");
  function seen(root, selector) {
    return Array.prototype.filter.call(root.querySelectorAll(selector), function (e) { return e.getClientRects().length; });
  }
  function node(parent, name, attributes) {
    var made = document.createElementNS(SVG, name);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    parent.append(made);
    return made;
  }
  function fold(text, font, width) {
    var lines = [""];
    pen.font = font;
    (text.match(/[\u2e80-\u9fff\uff00-\uffef][，。；：、）”]*|[^\s\u2e80-\u9fff\uff00-\uffef]+|\s+/g) || []).forEach(function (piece) {
      var last = lines[lines.length - 1];
      if (last && pen.measureText(last + piece).width > width) { lines.push(piece.trim()); } else { lines[lines.length - 1] = (last + piece).trimStart(); }
    });
    return lines;
  }
  function drawn(figure) {
    var charts = seen(figure, ".chart"), top = charts[0].getBoundingClientRect().top;
    var columns = charts.filter(function (c) { return Math.abs(c.getBoundingClientRect().top - top) < 2; }).length;
    var each = Number(seen(charts[0], "svg")[0].getAttribute("width")), width = columns * each + (columns - 1) * GAP[0] + 2 * AIR, y = AIR;
    var style = getComputedStyle(root), paint = function (name) { return style.getPropertyValue(name).trim(); }, ink = paint("--ink"), soft = paint("--soft");
    var family = getComputedStyle(document.body).fontFamily.replace(/"/g, "'"), named = family.split(",").filter(function (f) { return !/system-ui|-apple-system/.test(f); }).join(",").trim();
    var svg = document.createElementNS(SVG, "svg"), paper = node(svg, "rect", { width: "100%", height: "100%", fill: paint("--paper") });
    var title = seen(figure, "h3")[0].innerText.trim(), warning = document.querySelector(".banner"), caption = figure.querySelector("figcaption");
    function write(text, x, wide, size, weight, fill) {
      fold(text, weight + " " + size + "px " + family, wide).forEach(function (line) {
        node(svg, "text", { x: x, y: y + size, "font-size": size, "font-weight": weight, fill: fill }).textContent = line;
        y += Math.round(size * 1.4);
      });
    }
    write(title, AIR, width - 2 * AIR, 16, 600, ink);
    y += 8;
    for (var first = 0; first < charts.length; first += columns) {
      var below = y, start = y;
      charts.slice(first, first + columns).forEach(function (chart, k) {
        var x = AIR + k * (each + GAP[0]), head = chart.querySelector("h4"), copy = seen(chart, "svg")[0].cloneNode(true);
        y = start;
        if (head) { write(head.innerText.trim(), x, each, 13, 600, ink); }
        ["role", "aria-label"].forEach(function (name) { copy.removeAttribute(name); });
        copy.setAttribute("x", x);
        copy.setAttribute("y", y);
        svg.append(copy);
        below = Math.max(below, y + Number(copy.getAttribute("height")));
      });
      y = below + (first + columns < charts.length ? GAP[1] : 8);
    }
    if (caption) { write(caption.innerText.trim(), AIR, width - 2 * AIR, 11, 400, soft); y += 4; }
    if (warning) { write(warning.innerText.trim(), AIR, width - 2 * AIR, 11, 700, ink); }
    write(document.querySelector("h1").innerText.trim() + " · " + document.querySelector(".mark").innerText.trim(), AIR, width - 2 * AIR, 11, 400, soft);
    y += AIR - 6;
    paper.setAttribute("width", width);
    paper.setAttribute("height", y);
    var head = { lang: root.lang, role: "img", "aria-label": title, style: "font-variant-numeric: tabular-nums", viewBox: "0 0 " + width + " " + y };
    Object.keys(head).forEach(function (key) { svg.setAttribute(key, head[key]); });
    return {
      width: width, height: y, name: title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60) || "figure",
      text: function (scale) {  // other programs do not know the browser's own font names
        svg.setAttribute("font-family", scale === 1 ? named : family);
        svg.setAttribute("width", width * scale);
        svg.setAttribute("height", y * scale);
        return new XMLSerializer().serializeToString(svg);
      }
    };
  }
  function png(picture) {
    return new Promise(function (done, fail) {
      var image = new Image();
      image.onload = function () {
        var canvas = document.createElement("canvas");
        canvas.width = picture.width * FINE;
        canvas.height = picture.height * FINE;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob(function (blob) { if (blob) { done(blob); } else { fail(new Error("no picture")); } }, "image/png");
      };
      image.onerror = function () { fail(new Error("no picture")); };
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(picture.text(FINE));
    });
  }
  function vector(picture) {
    return new Blob(['<?xml version="1.0" encoding="UTF-8"?>\n' + picture.text(1) + "\n"], { type: "image/svg+xml" });
  }
  function keep(blob, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    return "picture saved";
  }
  function save(figure, how) {
    var picture = drawn(figure);
    if (how === "svg") { return Promise.resolve(keep(vector(picture), picture.name + ".svg")); }
    var raster = png(picture), saved = function () { return raster.then(function (blob) { return keep(blob, picture.name + ".png"); }); };
    if (how === "png" || !navigator.clipboard || !window.ClipboardItem) { return saved(); }
    var item = { "image/png": raster };
    if (ClipboardItem.supports && ClipboardItem.supports("image/svg+xml")) { item["image/svg+xml"] = vector(picture); }
    return navigator.clipboard.write([new ClipboardItem(item)]).then(function () { return "picture copied"; }, saved);
  }
  document.querySelectorAll(".save").forEach(function (tools) {
    var status = tools.querySelector("[role=status]");
    tools.hidden = false;
    tools.addEventListener("click", function (event) {
      var button = event.target.closest("button");
      if (!button) { return; }
      Promise.resolve().then(function () { return save(tools.closest("figure"), button.dataset.save); }).catch(function () { return "picture failed"; })
        .then(function (told) {
          status.textContent = say(data.heads[told]);
          setTimeout(function () { status.textContent = ""; }, 4000);
        });
    });
  });
}());
