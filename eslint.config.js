// What prettier and tsc do not see. Run: npm install, npx eslint
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/*.min.js", "site/", "runs/", ".*/"] },
  js.configs.recommended,
  {
    files: ["teachrnn/{views/{player,exercises},widgets}/**/*.js"],
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "object-shorthand": "error",
      curly: ["error", "multi-line"],
      "one-var": ["error", "never"],
      "prefer-const": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "TemplateElement[value.raw=/\\n/]",
          message: "player_module drops lines that look like comments: write the text in one line.",
        },
        {
          selector:
            ":matches(ImportDefaultSpecifier, ImportNamespaceSpecifier, ExportSpecifier, ExportAllDeclaration)",
          message:
            "player_module joins `import { a, b as c }` and `export function | class | const` only.",
        },
        {
          selector: "ExportNamedDeclaration > VariableDeclaration[kind!='const']",
          message: "What is exported is handed out once: it cannot change.",
        },
      ],
    },
  },
];
