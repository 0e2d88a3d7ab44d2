// SPDX-License-Identifier: BSD-3-Clause
// Elements of the page; text from the document only ever becomes text nodes.

type Child = Node | string | undefined | false;

export function element<K extends keyof HTMLElementTagNameMap>(
    tag: K, attributes: Record<string, string> = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  for (const child of children) if (child !== undefined && child !== false) made.append(child);
  return made;
}

const inline = /\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\((https?:\/\/[^\s)]+)\)/g;

/** One line with **bold**, *emphasis*, `code` and [links](https://...). */
export function inline_text(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const match of text.matchAll(inline)) {
    if (match.index > end) nodes.push(document.createTextNode(text.slice(end, match.index)));
    if (match[1]) nodes.push(element('strong', {}, match[1]));
    else if (match[2]) nodes.push(element('em', {}, match[2]));
    else if (match[3]) nodes.push(element('code', {}, match[3]));
    else nodes.push(element('a', { href: match[5]!, rel: 'noreferrer' }, match[4]!));
    end = match.index + match[0].length;
  }
  if (end < text.length) nodes.push(document.createTextNode(text.slice(end)));
  return nodes;
}

export function paragraphs(text: string): HTMLElement[] {
  return text.split(/\n\s*\n/).filter((part) => part.trim()).map((part) => element('p', {}, ...inline_text(part.trim())));
}

/** Code with its comments, keys, strings and numbers marked. */
export function code_nodes(code: string, language: string): Node[] {
  if (language === 'text') return [document.createTextNode(code)];
  const token = language === 'yaml'
    ? /(?<comment>#[^\n]*)|(?<string>"[^"\n]*")|(?<key>[\w.-]+(?=:(?:\s|$)))|(?<number>(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))/gm
    : /(?<comment>#[^\n]*)|(?<key>^(?:model|parameters|inputs|equations|functions|initial|events)\b)|(?<number>(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))/gm;
  const nodes: Node[] = [];
  let end = 0;
  for (const match of code.matchAll(token)) {
    if (match.index > end) nodes.push(document.createTextNode(code.slice(end, match.index)));
    const kind = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? '';
    nodes.push(element('span', { class: `token-${kind}` }, match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(code.slice(end)));
  return nodes;
}

export function download(name: string, url: string): void {
  element('a', { href: url, download: name }).click();
}

/** A name that is safe as an anchor and as a file name. */
export function slug(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'figure';
}
