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
}());
