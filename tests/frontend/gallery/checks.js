// Questions asked of a page inside the browser. Each answers with a list of offences; empty is good.
(() => {
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none" && !element.closest(".unseen, .skip, [aria-hidden=true]")
      && (element.matches("summary") || !element.closest("details:not([open])"));
  };
  const name = (element) => {
    const classes = typeof element.className === "string" ? element.className : "";
    return `<${element.tagName.toLowerCase()} ${classes}> ${element.textContent.trim().slice(0, 30)}`;
  };
  // What a finger can hit: an input lies inside its label, a row's link spreads over its row.
  const reach = (element) => {
    const label = element.matches("input") ? element.closest("label") : null;
    const after = getComputedStyle(element, "::after");
    const spread = after.position === "absolute" && after.content !== "none" ? element.closest(".contest-row") : null;
    const box = (label ?? spread ?? element).getBoundingClientRect();
    return { left: box.left, right: box.right, top: box.top, bottom: box.bottom, width: box.width, height: box.height };
  };
  const targets = () => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")].filter(visible);

  const overflow = () => {
    const found = [];
    if (document.documentElement.scrollWidth > innerWidth) {
      const wide = [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .unseen, svg")).slice(0, 3);
      found.push(`page is ${document.documentElement.scrollWidth} wide: ${wide.map(name).join(" | ")}`);
    }
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      const hides = ["hidden", "clip"].includes(style.overflowX);
      if (hides && element.namespaceURI.endsWith("xhtml") && visible(element) && element.textContent.trim() && element.scrollWidth > element.clientWidth + 1) {
        if (element.matches(".title-block")) {
          // Its cells reach one pixel over the frame on purpose; words must not.
          const frame = element.getBoundingClientRect();
          if ([...element.querySelectorAll("span, h1, a, p")].every((one) => one.getBoundingClientRect().right <= frame.right + 1)) continue;
        }
        found.push(`cut: ${name(element)}`);
      }
    }
    return found;
  };

  const small = (least) => targets().filter((element) => {
    const box = reach(element);
    return box.width < least - .5 || box.height < least - .5;
  }).map((element) => `${name(element)} ${Math.round(reach(element).width)}x${Math.round(reach(element).height)}`);

  // Segments of one control, full-width list rows and title-block cells may share a hairline.
  const SHARING = "#contests, .seg, .level-tabs, .title-block, .award-tabs, .item-list, .task-list, .contest-list, .review-list, .session-list, .rank-table, .publish-gate ul, .ticks, .notes, .error-summary, .site-head, .site-foot, .data-table, .mark-sheet__grid, [data-award-list], .pin-pad".split(", ");
  const crowded = () => {
    const all = targets().filter((one) => !one.matches("input[type=radio], input[type=checkbox]"));
    const found = [];
    all.forEach((one, index) => {
      const a = reach(one);
      for (const two of all.slice(index + 1)) {
        if (one.contains(two) || two.contains(one)) continue;
        if (SHARING.some((group) => one.closest(group) && one.closest(group) === two.closest(group))) continue;
        const b = reach(two);
        const across = Math.max(a.left - b.right, b.left - a.right);
        const down = Math.max(a.top - b.bottom, b.top - a.bottom);
        const sticky = one.closest(".sheet-foot, .own-rank") || two.closest(".sheet-foot, .own-rank");
        if (!sticky && across < 7.5 && down < 7.5) found.push(`${name(one)} / ${name(two)}`);
      }
    });
    return found;
  };

  const HAN = /[\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{323af}]/u;
  const foreign = () => {
    const excused = (element) => element.closest("[lang^=zh], [data-said]") && element.closest("[lang^=zh], [data-said]") !== document.documentElement;
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (HAN.test(node.data) && !excused(node.parentElement)) found.push(`${name(node.parentElement)}: ${node.data.trim()}`);
    }
    for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]")) {
      for (const attribute of ["title", "aria-label", "placeholder", "alt"]) {
        if (HAN.test(element.getAttribute(attribute) ?? "") && !excused(element)) found.push(`${attribute} of ${name(element)}`);
      }
    }
    return found;
  };

  const headings = () => ({
    lang: document.documentElement.lang,
    h1: document.querySelectorAll("h1").length,
    title: document.title,
  });

  const inline = () => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes]
    .filter((attribute) => attribute.name === "style" || /^on/.test(attribute.name)).map((attribute) => `${attribute.name} on ${name(element)}`))
    .concat([...document.querySelectorAll("script:not([src]), style")].map(name));

  const sticky = () => {
    const height = [...document.querySelectorAll("body *")].filter((one) => ["sticky", "fixed"].includes(getComputedStyle(one).position) && visible(one))
      .reduce((sum, one) => sum + one.getBoundingClientRect().height, 0);
    return height > innerHeight / 4 ? [`sticky parts take ${Math.round(height)} of ${innerHeight}`] : [];
  };

  const light = (colour) => {
    const [red, green, blue] = colour.match(/[\d.]+/g).map((part) => {
      const share = Number(part) / 255;
      return share <= .03928 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
    });
    return .2126 * red + .7152 * green + .0722 * blue;
  };
  const contrast = (one, two) => {
    const [dark, bright] = [light(one), light(two)].sort((a, b) => a - b);
    return (bright + .05) / (dark + .05);
  };
  const seeThrough = (colour) => /^rgba\(.*, 0\)$/.test(colour) || colour === "transparent";
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!seeThrough(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  // The ring may be drawn around the whole control that holds the field, or around the row that a link spreads over.
  const ring = (element) => {
    let best = 0;
    for (let one = element, steps = 0; one && steps < 4; one = one.parentElement, steps += 1) {
      if (getComputedStyle(one).opacity === "0" || one.getBoundingClientRect().width <= 1) continue;
      for (const pseudo of [null, "::after"]) {
        const style = getComputedStyle(one, pseudo);
        if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) continue;
        const under = parseFloat(style.outlineOffset) >= 0 ? one.parentElement ?? one : one;
        best = Math.max(best, contrast(style.outlineColor, ground(under)));
      }
    }
    return best;
  };
  // What has the focus: null at the end of the walk, otherwise what is wrong with it.
  const focused = () => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const found = [];
    const own = element.getBoundingClientRect();
    const label = element.matches("input[type=radio], input[type=checkbox], input[type=file]") ? element.closest("label") : null;
    const box = own.width > 1 && own.height > 1 ? own : (label ?? element.parentElement).getBoundingClientRect();
    const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y])
      .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight);
    const hits = points.map(([x, y]) => document.elementFromPoint(x, y)).filter(Boolean);
    if (!hits.some((hit) => element.contains(hit) || hit.contains(element) && hit !== document.documentElement && hit !== document.body)) found.push(`hidden: ${name(element)}`);
    if (ring(element) < 3) found.push(`no ring: ${name(element)}`);
    return found;
  };

  window.checks = { overflow, small, crowded, foreign, headings, inline, sticky, focused };
})();
