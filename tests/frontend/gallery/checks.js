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
  const SHARING = "#contests, .seg, .level-tabs, .title-block, .award-tabs, .item-list, .task-list, .contest-list, .review-list, .rank-table, .publish-gate ul, .ticks, .notes, .error-summary, .site-head, .site-foot, .data-table, .mark-sheet__grid, [data-award-list], .pin-pad".split(", ");
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

  window.checks = { overflow, small, crowded, foreign, headings, inline, sticky };
})();
