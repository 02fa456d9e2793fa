import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const PAGES = ["experiments", "runs", "run", "compare", "models", "trash", "missing"];

export default tseslint.config(
  { ignores: ["node_modules", "test-results", "src/api/schema.ts"] },
  ...tseslint.configs.strict,
  {
    rules: {
      // Indexing is checked by the compiler; `!` marks the places where the bounds are known.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Records with keys of the user's are plain objects, as they come from the wire.
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  {
    // Playwright's fixtures call a function named `use`, which is no hook.
    ignores: ["e2e/**"],
    plugins: { "react-hooks": hooks }, rules: { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" },
  },
  {
    // The arrows: pages use everything below, nothing uses pages, components know nothing of the domain.
    files: ["src/components/**", "src/lib/**", "src/charts/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["**/pages/**", "**/api/**", "**/app/**"] }],
    },
  },
  {
    files: ["src/api/**"],
    rules: {
      "no-restricted-imports": ["error", { patterns: ["**/pages/**", "**/components/**", "**/app/**"] }],
    },
  },
  ...PAGES.map((page) => ({
    files: [`src/pages/${page}/**`],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: PAGES.filter((other) => other !== page).map((other) => `**/${other}/**`) },
      ],
    },
  })),
);
