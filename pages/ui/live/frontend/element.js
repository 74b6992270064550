// Elements of the page.

/** Make an element with a class and a role, where they are given. */
export function element(tag, name, role) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (role) made.setAttribute("role", role);
  return made;
}
