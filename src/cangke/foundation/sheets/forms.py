from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cangke.foundation.access.public import Account
from cangke.foundation.ui.public import FileDrop

from . import reading, registry, rules
from .models import ImportRun

DELIMITER_LABELS = {",": _("逗号 ,"), "\t": _("制表符"), ";": _("分号 ;"), "|": _("竖线 |")}
ENCODING_LABELS = {
    "utf-8-sig": "UTF-8",
    "gb18030": "GBK / GB 18030",
    "utf-16": "UTF-16",
    "big5": "Big5",
    "cp1252": "Windows-1252",
}
NOTHING, CONSTANT = "", "="


def option_field(option: registry.Option, account: Account | None) -> forms.ChoiceField:
    """A choice made once for the whole file."""
    choices: list[tuple[str, Any]] = [(str(key), label) for key, label in option.choices(account)]
    if not option.default:
        choices.insert(0, ("", _("请选择") if option.required else _("（不选）")))
    return forms.ChoiceField(
        label=option.label, choices=choices, required=option.required, initial=option.default
    )


class UploadForm(forms.Form):
    """The file, and what holds for all of it."""

    file = forms.FileField(label=_("文件"), allow_empty_file=True)

    def __init__(
        self, *args: Any, importer: type[registry.Importer], account: Account, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.importer = importer
        self.fields["file"].widget = FileDrop(
            attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls"},
            most_bytes=settings.CANGKE_UPLOAD_LIMIT,
            hint=_("CSV（UTF-8、GBK、UTF-16 都行）或 Excel"),
        )
        for option in importer.options:
            self.fields[f"option_{option.name}"] = option_field(option, account)

    @property
    def options(self) -> dict[str, str]:
        """The chosen options by name."""
        return {
            option.name: self.cleaned_data.get(f"option_{option.name}", "")
            for option in self.importer.options
        }


class ReadingForm(forms.Form):
    """How the file is read, where what was found is not right."""

    encoding = forms.ChoiceField(label=_("编码"), required=False)
    delimiter = forms.ChoiceField(label=_("分隔符"), required=False)
    sheet = forms.ChoiceField(label=_("工作表"), required=False)
    header_row = forms.IntegerField(
        label=_("表头在第几行"), min_value=1, max_value=reading.PREVIEW_ROWS
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "encoding": run.encoding,
                "delimiter": run.delimiter,
                "sheet": run.sheet,
                "header_row": run.header_row,
            },
        )
        super().__init__(*args, **kwargs)
        if run.sheets:
            del self.fields["encoding"], self.fields["delimiter"]
            sheet: Any = self.fields["sheet"]
            sheet.choices = [(name, name) for name in run.sheets]
        else:
            del self.fields["sheet"]
            encoding: Any = self.fields["encoding"]
            delimiter: Any = self.fields["delimiter"]
            encoding.choices = [(each, ENCODING_LABELS[each]) for each in rules.ENCODINGS]
            delimiter.choices = [(each, DELIMITER_LABELS[each]) for each in rules.DELIMITERS]


class MapForm(forms.Form):
    """Which column holds which field; ``=`` stands for one value for all rows."""

    template_name_ = forms.CharField(
        label=_("把这次的对应关系存为模板"), required=False, max_length=80
    )

    def __init__(self, *args: Any, run: ImportRun, account: Account | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run = run
        self.importer = registry.IMPORTERS[run.kind]
        columns = [
            (str(index), _("第 %(number)d 列：%(name)s") % {"number": index + 1, "name": name})
            for index, name in enumerate(run.columns)
        ]
        choices: list[tuple[str, Any]] = [
            (NOTHING, _("（不导入）")),
            (CONSTANT, _("（全部相同，填在右边）")),
            *columns,
        ]
        for field in self.importer.fields:
            source = run.mapping.get(field.name)
            constant = isinstance(source, dict)
            initial = CONSTANT if constant else NOTHING if source is None else str(source)
            self.fields[f"map_{field.name}"] = forms.ChoiceField(
                label=field.label,
                choices=choices,
                required=False,
                initial=initial,
                widget=forms.Select(attrs={"aria-label": str(field.label)}),
            )
            self.fields[f"value_{field.name}"] = forms.CharField(
                label=field.label,
                required=False,
                max_length=500,
                initial=source.get("value", "") if isinstance(source, dict) else "",
                widget=forms.TextInput(attrs={"aria-label": str(field.label)}),
            )
        for option in self.importer.options:
            made = option_field(option, account)
            made.initial = run.options.get(option.name, option.default)
            self.fields[f"option_{option.name}"] = made

    @property
    def rows(self) -> list[tuple[registry.Field, Any, Any]]:
        """Each field of the import with its two controls."""
        return [
            (field, self[f"map_{field.name}"], self[f"value_{field.name}"])
            for field in self.importer.fields
        ]

    @property
    def option_fields(self) -> list[Any]:
        return [self[f"option_{option.name}"] for option in self.importer.options]

    @property
    def mapping(self) -> dict[str, Any]:
        """The mapping as `map_run` takes it."""
        found: dict[str, Any] = {}
        for field in self.importer.fields:
            source = self.cleaned_data[f"map_{field.name}"]
            if source == CONSTANT:
                found[field.name] = {"value": self.cleaned_data[f"value_{field.name}"]}
            elif source != NOTHING:
                found[field.name] = int(source)
        return found

    @property
    def options(self) -> dict[str, str]:
        return {
            option.name: self.cleaned_data.get(f"option_{option.name}", "")
            for option in self.importer.options
        }
