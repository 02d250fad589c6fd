# Everything runs in .venv, made on first use. PYTHON says with which Python: make test PYTHON=python3.12 VENV=.venv312
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TOP    := features predict train experiments
# Spark is half of all that there is to install, and useless without Java: only who has Java tests it.
JAVA   := $(shell command -v java)
DEV_LOCK := requirements/$(if $(JAVA),spark,dev).txt
# Tests side by side; `python -m pytest` runs them one after another.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: demo test test-fast test-oldest test-newest lint imports typecheck gate fuzz lock model bench wheel clean

demo: $(VENV)/.installed
	for page in app/demo/*.txt; do $(BIN)/locbao show $$page || exit; done
	$(BIN)/locbao predict app/demo -o out/demo.jsonl

test: $(VENV)/.installed-dev
	$(PYTEST)

test-fast: $(VENV)/.installed-dev
	$(PYTEST) -q -m "not slow"

# The oldest libraries that pyproject.toml allows, and the newest that there are: in environments of their own.
test-oldest test-newest: test-%: .venv-%/.installed
	.venv-$*/bin/python -m pip list
	.venv-$*/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -q -m "not slow" $(TESTS)

.venv-oldest/.installed: pyproject.toml requirements/oldest.txt
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --require-hashes --requirement requirements/build.txt
	PYTHONWARNINGS=ignore .venv-oldest/bin/python -m pip install --quiet --requirement requirements/oldest.txt --editable '.[dev]'
	touch $@

.venv-newest/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-newest
	.venv-newest/bin/python -m pip install --quiet --upgrade pip
	PYTHONWARNINGS=ignore .venv-newest/bin/python -m pip install --quiet --upgrade --editable '.[dev]'
	touch $@

# The locked environments, for every Python from 3.11 on; needs uv. They name no index. atheris 3.1 has no wheel for 3.11.
UV_LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
lock:
	$(UV_LOCK) -o requirements/runtime.txt
	$(UV_LOCK) --extra dev --extra bench -o requirements/dev.txt
	$(UV_LOCK) --extra dev --extra bench --extra spark -o requirements/spark.txt
	echo 'atheris==3.0.0' | $(subst pyproject.toml,-,$(UV_LOCK)) -o requirements/fuzz.txt
	printf 'pip\nsetuptools>=77\n' | $(subst pyproject.toml,-,$(UV_LOCK)) -o requirements/build.txt

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .

# import-linter reads folders, not links: a copy of the five under one name.
imports: $(VENV)/.installed-dev
	rm -rf .imports && mkdir .imports && cp -r app .imports/locbao && cp -r $(TOP) .imports/locbao/
	cp pyproject.toml .imports/ && cd .imports && PYTHONPATH=. ../$(BIN)/lint-imports --no-cache

# mypy sees what is installed: links of the five folders under one name. Without them, whatever comes from another
# folder is Any and nothing is checked across folders.
typecheck: $(VENV)/.installed-dev
	rm -rf .typecheck && mkdir -p .typecheck/locbao
	for file in app/*; do ln -s "../../$$file" ".typecheck/locbao/$${file##*/}"; done
	for folder in $(TOP); do ln -s "../../$$folder" ".typecheck/locbao/$$folder"; done
	$(BIN)/mypy .typecheck/locbao tests

# No figure of the shipped model below its floor in experiments/floors.toml, and no floor lowered without a reason.
gate: $(VENV)/.installed
	$(BIN)/python -m locbao.experiments.gate

# Inputs of any kind against what the readers promise (tests/fuzz), in MINUTES; those that break a promise are in
# out/fuzz. atheris is there for some Pythons on Linux alone, so that nothing else asks for it.
MINUTES ?= 10
fuzz: $(VENV)/.installed-fuzz
	$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

DATA := ../shared/data
GOLD := out/lines/gold_pages.jsonl
CORPUS := $(GOLD) $(DATA)/section_pages.jsonl.gz
MATERIAL := $(foreach file,$(DATA)/pages.jsonl.gz $(DATA)/articles.jsonl.gz $(DATA)/headlines.jsonl.gz train/data/examples,--material $(file))
ARTICLES := out/topics/topics.jsonl out/topics/sentences.jsonl

# The labelled pages, with the links that their HTML or Markdown has.
$(GOLD): $(DATA)/gold_pages.jsonl $(VENV)/.installed
	$(BIN)/python -m locbao.train.corpus.pages_from_sources $< -o $@

# The shipped model, and its scores on sites left out, which its card holds.
model: $(VENV)/.installed $(GOLD)
	$(BIN)/locbao train lines $(CORPUS) $(MATERIAL) --config experiments/shipped.toml --name locbao-vi --force -o predict/shipped --predictions out/predictions.jsonl --no-track
	$(BIN)/python -m locbao.train.corpus.articles_from_material $(DATA) -o out/topics
	$(BIN)/locbao train topics $(ARTICLES) -o predict/shipped --no-track

# Every table in experiments/results; about two hours on two cores. `make model` first: it writes the predictions and the
# corpus of articles.
bench: $(VENV)/.installed-dev $(GOLD)
	$(BIN)/python -m locbao.experiments.studies.lines.robustness $(CORPUS) $(MATERIAL) --config experiments/shipped.toml
	$(BIN)/python -m locbao.experiments.studies.lines.wrapped_pages $(CORPUS)
	$(BIN)/python -m locbao.experiments.studies.peers.plain_text_peers --pages $(DATA)/gold_pages.jsonl --ours out/predictions.jsonl
	$(BIN)/python -m locbao.experiments.studies.lines.site_gain $(CORPUS) --predictions out/predictions.jsonl --newspapers $(DATA)/pages.jsonl.gz --config experiments/shipped.toml
	$(BIN)/python -m locbao.experiments.studies.speed.plain_text_speed --pages $(DATA)/gold_pages.jsonl
	$(BIN)/python -m locbao.experiments.studies.speed.markup_speed $(DATA)/gold_pages.jsonl --sources $(DATA)
	$(BIN)/locbao experiments run ablation $(CORPUS) $(MATERIAL)
	$(BIN)/locbao experiments run sites $(CORPUS) $(MATERIAL)
	$(BIN)/locbao experiments run topic_ablation $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topics.topic_eras $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topics.topic_peers $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.speed.topic_speed $(ARTICLES)
	$(BIN)/python -m locbao.experiments.studies.topics.topic_pages $(MATERIAL)
	$(BIN)/python -m locbao.experiments.studies.topics.topic_furniture
	$(BIN)/python -m locbao.experiments.studies.lines.invented_pages
	$(BIN)/python -m locbao.experiments.studies.topics.own_topics $(DATA)/articles.jsonl.gz
	$(BIN)/python -m locbao.experiments.studies.lines.html_and_markdown $(CORPUS) $(MATERIAL) --config experiments/shipped.toml --sources $(DATA) --predictions out/html_lines.jsonl
	$(BIN)/python -m locbao.experiments.studies.peers.html_peers $(GOLD) --sources $(DATA) --ours out/html_lines.jsonl
	$(BIN)/python -m locbao.experiments.studies.batch.batch_runs --work out/batch
	$(if $(JAVA),$(BIN)/python -m locbao.experiments.studies.batch.spark_runs)

wheel: $(VENV)/.installed-dev
	rm -rf build dist
	$(BIN)/python -m build --quiet

clean:
	rm -rf $(VENV) .venv-oldest .venv-newest build dist out *.egg-info .typecheck .imports .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed is what was tested: every library and its hash stands in requirements/ (`make lock` writes it anew).
LOCKED := $(BIN)/python -m pip install --quiet --require-hashes --requirement
# setuptools warns of every editable installation, however quiet pip is told to be.
CHECKOUT := PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .

# pip first: the one that comes with Python 3.11 fails on some of the libraries.
$(VENV)/.pip: requirements/build.txt
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) requirements/build.txt
	touch $@

$(VENV)/.installed: $(VENV)/.pip pyproject.toml requirements/runtime.txt
	$(LOCKED) requirements/runtime.txt
	$(CHECKOUT)
	touch $@

$(VENV)/.installed-dev: $(VENV)/.pip pyproject.toml $(DEV_LOCK)
	$(LOCKED) $(DEV_LOCK)
	$(CHECKOUT)
	touch $@ $(VENV)/.installed

$(VENV)/.installed-fuzz: $(VENV)/.installed-dev requirements/fuzz.txt
	$(LOCKED) requirements/fuzz.txt
	touch $@
